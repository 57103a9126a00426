import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { type ByteStream, connectRaw } from '../support/byte-stream.ts'
import { eventually, processorTicks } from '../support/process-facts.ts'
import { startScript } from '../support/start-script.ts'

/** A connection asks for its worker's number; `die` keeps it busy for a while, then exhausts its heap. */
const SCRIPT = `pipy({
  _worker: new algo.SharedMap('workers').add('count', 1),
  _kept: [],
  _end: 0,
  _die: () => (
    _end = Date.now() + 1500,
    repeat(() => Date.now() < _end),
    repeat(() => (_kept.push(new Array(1000000).fill(1)), true))
  ),
})
.listen(0, { host: '127.0.0.1' })
  .replaceData(data => new Data(
    data.toString() === 'die' ? _die() :
    'worker ' + _worker + ';'
  ))
`
const WORKERS = 3
const STANDING = 48
const ARRIVING = 150
/** Hundredths of a second. */
const BUSY_TICKS = 20

async function ask(client: ByteStream): Promise<string> {
  return client.write('who').through(';')
}

function connectMany(context: TestContext, port: number, count: number): Promise<ByteStream[]> {
  return Promise.all(Array.from({ length: count }, () => connectRaw(context, port)))
}

for (const workers of [1, WORKERS]) {
  test(`${workers} workers: what waits for a worker without memory is served`, async (context) => {
    const options = ['--workers', String(workers), '--worker-memory', '64']
    const { sluice, port } = await startScript(context, SCRIPT, ...options)
    const standing = await connectMany(context, port, STANDING)
    const owners = await Promise.all(standing.map((client) => ask(client)))
    assert.equal(new Set(owners).size, workers, 'each worker has some connections')

    const deadly = standing[0] as ByteStream
    const victim = owners[0] as string
    deadly.write('die')
    // Nothing else takes so much of a processor: from here on the victim is busy, and accepts no more.
    const { pid } = sluice.child
    const before = processorTicks(pid)
    await eventually(
      () => processorTicks(pid) - before > BUSY_TICKS,
      () => `worker ${victim} is busy`,
    )

    const arriving = await connectMany(context, port, ARRIVING)
    const answers = await Promise.all(arriving.map((client) => ask(client)))
    assert.ok(
      answers.every((answer) => answer !== victim),
      'nobody was accepted by the dead worker',
    )
    await sluice.line(/Worker \d died: out of memory; replacing it now/)

    const isLost = (client: ByteStream): boolean => client.ending !== 'open'
    await eventually(
      () => standing.every((client, index) => isLost(client) === (owners[index] === victim)),
      () => `only connections of ${victim} are lost`,
    )
    for (const [index, client] of standing.entries()) {
      if (!isLost(client)) assert.equal(await ask(client), owners[index])
    }
  })
}
