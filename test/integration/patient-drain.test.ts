import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { Orchestrator } from '../../src/orchestrator/orchestrator.ts'
import { loadScript } from '../../src/program/load-script.ts'
import { temporaryScript } from '../support/temporary-script.ts'
import { type ByteStream, connectRaw } from './support/byte-stream.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
const CLIENTS = 24

/** A script on two workers. */
async function startTwo(context: TestContext, script: string): Promise<Orchestrator> {
  const result = loadScript(temporaryScript(context, script))
  assert.ok(result.isGood)
  const options = { workers: 2, workerMemoryMb: 64, logLevel: 'error' } as const
  const orchestrator = new Orchestrator(result.spec, options)
  context.after(() => orchestrator.stop())
  await orchestrator.start()
  return orchestrator
}

/** So many clients that the kernel spreads them over both workers. */
function connectAll(context: TestContext, { addresses }: Orchestrator): Promise<ByteStream[]> {
  const port = Number(addresses[0]?.split(':')[1])
  return Promise.all(Array.from({ length: CLIENTS }, () => connectRaw(context, port)))
}

/** Two workers and connections that have both been used and are idle now. */
async function start(context: TestContext): Promise<[Orchestrator, ByteStream[]]> {
  const script = `pipy().listen(0, { host: '127.0.0.1' })
    .decodeHttpRequest().replaceMessage(new Message('hi')).encodeHttpResponse()`
  const orchestrator = await startTwo(context, script)
  const clients = await connectAll(context, orchestrator)
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

test('clients whose responses began before may ask once more', async (context) => {
  const held: ServerResponse[] = []
  const server = createServer((_, answer) => {
    if (held.length === CLIENTS) return void answer.end('ok')
    answer.writeHead(200, { 'content-length': 8 }).write('firs')
    held.push(answer)
  })
  context.after(() => server.close().closeAllConnections())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port } = server.address() as AddressInfo
  const script = `pipy().listen(0, { host: '127.0.0.1' })
    .decodeHttpRequest().demux('request').encodeHttpResponse()
    .pipeline('request').encodeHttpRequest().connect('127.0.0.1:${port}').decodeHttpResponse()`
  const orchestrator = await startTwo(context, script)
  const clients = await connectAll(context, orchestrator)
  for (const client of clients) await client.write(GET).through('firs')
  await orchestrator.resize(1)
  for (const answer of held) answer.end('last')
  for (const client of clients) {
    await client.through('last')
    assert.equal((await client.write(GET).message()).body, 'ok')
  }
})

test('the end of the process does not wait for idle clients of such a worker', async (context) => {
  const [orchestrator, clients] = await start(context)
  await orchestrator.resize(1)
  await orchestrator.drain(60_000)
  assert.equal(orchestrator.active, 0)
  for (const client of clients) assert.equal(await client.rest(), '')
})
