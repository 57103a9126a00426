import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { type ByteStream, connectRaw } from '../support/byte-stream.ts'
import { eventually, openFiles } from '../support/process-facts.ts'
import { answering, type RawServer, response, startRawServer } from '../support/raw-server.ts'
import { startScript } from '../support/start-script.ts'
import { type Death, startMortalLb } from './support/mortal-lb.ts'

const CLIENTS = 24
/** How long the upstream thinks: requests are in progress whenever a worker dies. */
const THINK_MS = 30

/** Answers each request with its path, a little later. */
function startThinker(context: TestContext): Promise<RawServer> {
  return startRawServer(context, async (connection) => {
    for (;;) {
      const { startLine } = await connection.message()
      await new Promise((resolve) => setTimeout(resolve, THINK_MS))
      connection.write(response(startLine.split(' ')[1] ?? ''))
    }
  })
}

function connectMany(context: TestContext, port: number): Promise<ByteStream[]> {
  return Promise.all(Array.from({ length: CLIENTS }, () => connectRaw(context, port)))
}

function get(path: string): string {
  return `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`
}

/** Asks one request after the other, tries nothing twice, and checks every answer. */
async function askAlways(client: ByteStream, counts: number[], index: number): Promise<void> {
  for (;;) {
    const count = counts[index] ?? 0
    if (count < 0) return
    const path = `/${index}/${count}`
    const answer = await client.write(get(path)).message()
    assert.deepEqual([answer.status, answer.body], [200, path])
    if (counts[index] === count) counts[index] = count + 1
  }
}

const CRASHES: readonly [workers: number, death: Death][] = [
  [1, 'exit'],
  [2, 'exit'],
  [2, 'throw'],
  [2, 'heap'],
  [2, 'hang'],
]

for (const [workers, death] of CRASHES) {
  test(`${workers} workers, ${death}: no client notices`, async (context) => {
    const upstream = await startThinker(context)
    const { port, kill, sluice } = await startMortalLb(context, upstream, workers)
    const clients = await connectMany(context, port)
    /** Answers that each client has got; negative ends it. */
    const counts = clients.map(() => 0)
    // Fails at once, not only when all is over.
    const all = Promise.all(clients.map((client, index) => askAlways(client, counts, index)))
    await Promise.race([all, kill(death)])
    const before = [...counts]
    const haveAll = (): boolean => counts.every((count, index) => count > (before[index] ?? 0) + 1)
    const progress = eventually(haveAll, () => `more answers than ${before}`)
    await Promise.race([all, progress])
    counts.fill(-1)
    await all
    assert.equal([...sluice.stdout.matchAll(/died/g)].length, 1)
  })
}

test('idle connections and heads that have begun go on with another worker', async (context) => {
  const upstream = await startThinker(context)
  const { port, kill } = await startMortalLb(context, upstream, 2)
  const clients = await connectMany(context, port)
  for (const [index, client] of clients.entries()) {
    // One third has asked nothing yet, one third is idle, one third has begun to ask.
    if (index % 3 === 0) continue
    assert.equal((await client.write(get('/first')).message()).body, '/first')
    if (index % 3 === 2) client.write('GET /second HTTP/1.1\r\nHo')
  }
  await kill('exit')
  for (const [index, client] of clients.entries()) {
    client.write(index % 3 === 2 ? 'st: a\r\n\r\n' : get('/second'))
    assert.equal((await client.message()).body, '/second')
  }
})

test('requests that are not idempotent are answered with 502', async (context) => {
  const upstream = await startRawServer(context)
  const { port, kill } = await startMortalLb(context, upstream, 1)
  const clients = await connectMany(context, port)
  for (const [index, client] of clients.entries()) {
    // Half of them have not sent all of their body.
    const body = index % 2 === 0 ? 'all' : 'a'
    client.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\n${body}`)
  }
  await upstream.arrival(CLIENTS)
  await kill('exit')
  for (const client of clients) {
    const answer = await client.message()
    assert.equal(answer.status, 502)
    assert.equal(answer.field('connection'), 'close')
    assert.equal(await client.over(), 'end')
    client.end()
  }
})

test('an answer that has begun ends with its worker', async (context) => {
  const begin = 'HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf'
  const upstream = await startRawServer(
    context,
    answering(() => begin),
  )
  const { port, kill } = await startMortalLb(context, upstream, 1)
  const client = await connectRaw(context, port)
  await client.write(get('/')).through('half')
  await kill('exit')
  await client.over()
  assert.equal(client.untaken, '')
})

test('nothing is left open of what was handed over', async (context) => {
  const upstream = await startThinker(context)
  const { port, kill, sluice } = await startMortalLb(context, upstream, 2)
  const { pid } = sluice.child
  const round = async (): Promise<void> => {
    const clients = await connectMany(context, port)
    await Promise.all(clients.map((client) => client.write(get('/')).message()))
    for (const client of clients.slice(0, CLIENTS / 2)) client.write(get('/again'))
    await kill('exit')
    for (const client of clients) client.socket.destroy()
    const last = await connectRaw(context, port)
    await last.write(get('/')).message()
    last.socket.destroy()
    upstream.dropAll()
  }
  await round()
  // Until the worker in the place of the one that has died has all that it opens.
  let before = -1
  for (let same = 0; same < 10; await new Promise((resolve) => setTimeout(resolve, 50))) {
    const now = openFiles(pid)
    same = now === before ? same + 1 : 0
    before = now
  }
  await round()
  await eventually(
    () => openFiles(pid) <= before,
    () => `${before} descriptors before, ${openFiles(pid)} after`,
  )
})

test('a request that kills its worker is not given to another', async (context) => {
  const script = `pipy({
    _kept: [],
    _die: () => repeat(() => (_kept.push(new Array(1000000).fill(1)), true)),
  })
  .listen(0, { host: '127.0.0.1' })
    .decodeHttpRequest()
    .replaceMessage(msg => new Message(msg.head.path == '/die' ? _die() : 'fine'))
    .encodeHttpResponse()
  `
  const options = ['--workers', '2', '--worker-memory', '64']
  const { sluice, port } = await startScript(context, script, ...options)
  const clients = await connectMany(context, port)
  await Promise.all(clients.map((client) => client.write(get('/')).message()))
  const deadly = await connectRaw(context, port)
  assert.equal((await deadly.write(get('/die')).message()).status, 502)
  for (const client of clients) {
    assert.equal((await client.write(get('/')).message()).body, 'fine')
  }
  assert.equal([...sluice.stdout.matchAll(/died/g)].length, 1)
})
