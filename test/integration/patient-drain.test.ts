import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { Orchestrator } from '../../src/orchestrator/orchestrator.ts'
import { loadScript } from '../../src/program/load-script.ts'
import { temporaryScript } from '../support/temporary-script.ts'
import { type ByteStream, connectRaw } from './support/byte-stream.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
const CLIENTS = 24

/** Two workers and connections that have both been used and are idle now. */
async function start(context: TestContext): Promise<[Orchestrator, ByteStream[]]> {
  const result = loadScript(
    temporaryScript(
      context,
      `pipy().listen(0, { host: '127.0.0.1' })
        .decodeHttpRequest().replaceMessage(new Message('hi')).encodeHttpResponse()`,
    ),
  )
  assert.ok(result.isGood)
  const options = { workers: 2, workerMemoryMb: 64, logLevel: 'error' } as const
  const orchestrator = new Orchestrator(result.spec, options)
  context.after(() => orchestrator.stop())
  await orchestrator.start()
  const port = Number(orchestrator.addresses[0]?.split(':')[1])
  const clients = await Promise.all(
    Array.from({ length: CLIENTS }, () => connectRaw(context, port)),
  )
  for (const client of clients) assert.equal((await client.write(GET).message()).body, 'hi')
  return [orchestrator, clients]
}

test('idle clients of a worker that is not needed any more are told with their next response', async (context) => {
  const [orchestrator, clients] = await start(context)
  await orchestrator.resize(1)
  let told = 0
  for (const client of clients) {
    const { lines, body } = await client.write(GET).message()
    assert.equal(body, 'hi')
    if (!lines.some((line) => /^connection: close$/i.test(line))) continue
    told++
    assert.equal(await client.rest(), '')
  }
  // The kernel has spread the connections over both workers.
  assert.ok(told > 0 && told < CLIENTS, `${told} of ${CLIENTS} clients were told`)
})

test('the end of the process does not wait for idle clients of such a worker', async (context) => {
  const [orchestrator, clients] = await start(context)
  await orchestrator.resize(1)
  await orchestrator.drain(60_000)
  assert.equal(orchestrator.active, 0)
  for (const client of clients) assert.equal(await client.rest(), '')
})
