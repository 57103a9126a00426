import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { buffer } from 'node:stream/consumers'
import { type TestContext, test } from 'node:test'
import { CALL, frame } from '../support/dubbo-frames.ts'
import { skipIfSanitized } from '../support/sanitized.ts'
import { connectRaw } from './support/byte-stream.ts'
import {
  BLOCK_SIZE,
  block,
  bytesOf,
  MOST_STUCK,
  pour,
  STREAM_SIZE,
  settled,
  verify,
} from './support/checked-stream.ts'
import { DubboPeer } from './support/dubbo-peer.ts'
import { bodies, dubboHead, httpHead } from './support/message-bodies.ts'
import { eventually, peakResidentBytes, residentBytes } from './support/process-facts.ts'
import { startRawServer } from './support/raw-server.ts'
import { startScript } from './support/start-script.ts'

/*
 * One side offers 128 messages of 1 MB on one connection, the other does not read: through filters
 * that keep whole messages. Memory stays within a bound, and all arrive, in their order, later.
 */
const COUNT = STREAM_SIZE / BLOCK_SIZE
/** What the process may grow by: half of what passes. Most of it is young garbage of V8's. */
const GROWTH = 64 << 20

const FILTERS = [
  '.onMessage(message => message.body.size)',
  '.onMessageBody(body => body.size)',
  '.replaceMessage(message => message)',
  '.replaceMessageBody(body => body)',
] as const

/** Filters for requests before `mux`, and for responses behind it. */
function proxy(to: string, requests: string, responses: string): string {
  return `pipy().listen(0, { host: '127.0.0.1' })
    .decodeHttpRequest().demux('one').encodeHttpResponse()
    .pipeline('one')${requests}.mux('up', () => 'one', { maxSessions: 1 })${responses}
    .pipeline('up').encodeHttpRequest().connect('${to}').decodeHttpResponse()`
}

async function startUpstream(
  context: TestContext,
  serve: (request: IncomingMessage, response: ServerResponse) => unknown,
): Promise<string> {
  const server = createServer((request, response) => void serve(request, response))
  context.after(() => {
    server.close()
    server.closeAllConnections()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

function assertFlat(pid: number | undefined, before: number): void {
  const grown = peakResidentBytes(pid) - before
  assert.ok(grown < GROWTH, `memory grew by ${grown >> 20} MB`)
}

for (const filter of FILTERS) {
  test(`${filter}: requests wait for an upstream that does not read`, {
    skip: skipIfSanitized,
  }, async (context) => {
    let open = (): void => undefined
    const opened = new Promise<void>((resolve) => {
      open = resolve
    })
    let arrived = 0
    const differing: number[] = []
    const to = await startUpstream(context, async (request, response) => {
      await opened
      const isSame = (await buffer(request)).equals(block(arrived))
      if (!isSame) differing.push(arrived)
      arrived++
      response.end()
    })
    const { port, sluice } = await startScript(context, proxy(to, filter, ''))
    const { pid } = sluice.child
    const before = residentBytes(pid)
    const { socket } = await connectRaw(context, port)
    const head = `PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: ${BLOCK_SIZE}\r\n\r\n`
    let written = 0
    const poured = pour(
      socket,
      (count) => {
        written = count
      },
      (body) => Buffer.concat([Buffer.from(head), body]),
    )
    const stuck = await settled(() => written)
    assert.ok(stuck < MOST_STUCK, `${stuck} bytes were taken`)
    open()
    await poured
    await eventually(
      () => arrived === COUNT,
      () => `${arrived} of ${COUNT} requests`,
    )
    assert.deepEqual(differing, [])
    assertFlat(pid, before)
  })
}

for (const filter of FILTERS) {
  test(`${filter}: responses wait for a client that does not read`, {
    skip: skipIfSanitized,
  }, async (context) => {
    let answered = 0
    let written = 0
    const to = await startUpstream(context, (_, response) => {
      response.end(block(answered++), () => {
        written += BLOCK_SIZE
      })
    })
    const { port, sluice } = await startScript(context, proxy(to, '', filter))
    const { pid } = sluice.child
    const before = residentBytes(pid)
    const { socket } = await connectRaw(context, port)
    socket.removeAllListeners('data')
    socket.pause()
    socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n'.repeat(COUNT))
    const stuck = await settled(() => written)
    assert.ok(stuck < MOST_STUCK, `${stuck} bytes were taken`)
    await verify(bodies(bytesOf(socket), httpHead))
    assertFlat(pid, before)
  })
}

const DUBBO = (to: string): string => `pipy().listen(0, { host: '127.0.0.1' })
  .decodeDubbo().demux('call').encodeDubbo()
  .pipeline('call').mux('up')
  .pipeline('up').encodeDubbo().connect('${to}').decodeDubbo()`

test('Dubbo: calls wait for a server that does not read', {
  skip: skipIfSanitized,
}, async (context) => {
  const server = await startRawServer(context)
  const { port, sluice } = await startScript(context, DUBBO(server.address))
  const { pid } = sluice.child
  const before = residentBytes(pid)
  const client = await connectRaw(context, port)
  const asked = server.connection().then(({ socket }) => {
    socket.removeAllListeners('data')
    return socket.pause()
  })
  let written = 0
  const poured = pour(
    client.socket,
    (count) => {
      written = count
    },
    (body, index) => frame(CALL, index, body.toString('latin1')),
  )
  const stuck = await settled(() => written)
  assert.ok(stuck < MOST_STUCK, `${stuck} bytes were taken`)
  await verify(bodies(bytesOf(await asked), dubboHead))
  await poured
  assertFlat(pid, before)
})

test('Dubbo: answers wait for a client that does not read', {
  skip: skipIfSanitized,
}, async (context) => {
  const server = await startRawServer(context)
  const { port, sluice } = await startScript(context, DUBBO(server.address))
  const { pid } = sluice.child
  const before = residentBytes(pid)
  const { socket } = await connectRaw(context, port)
  socket.removeAllListeners('data')
  socket.pause()
  for (let id = 0; id < COUNT; id++) socket.write(frame(CALL, id, 'call'))
  const upstream = new DubboPeer(await server.connection())
  const ids: bigint[] = []
  while (ids.length < COUNT) ids.push((await upstream.frame()).id)
  let written = 0
  const poured = pour(
    upstream.stream.socket,
    (count) => {
      written = count
    },
    (body, index) => frame(2, ids[index] ?? 0, body.toString('latin1'), 20),
  )
  const stuck = await settled(() => written)
  assert.ok(stuck < MOST_STUCK, `${stuck} bytes were taken`)
  await verify(bodies(bytesOf(socket), dubboHead))
  await poured
  assertFlat(pid, before)
})
