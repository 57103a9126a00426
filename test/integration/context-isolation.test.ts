import assert from 'node:assert/strict'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { patience } from '../support/patience.ts'
import { connectRaw } from './support/byte-stream.ts'
import { startScript } from './support/start-script.ts'

const CONNECTIONS = 200
const DURATION_MS = 5000
/** Of each connection, however long that takes. */
const LEAST_REQUESTS = 5

/**
 * Each connection keeps its name and counts its requests. Each request, behind `demux`, notes them in
 * variables of its own, goes to the upstream over a shared connection, and tells when it is back what
 * it finds then.
 */
const script = (upstream: number): string => `pipy({ _name: '', _count: 0, _mine: '', _port: 0 })
  .listen(0, { host: '127.0.0.1' })
    .decodeHttpRequest()
    .onMessageStart(e => (
      _name === '' && (_name = e.head.path, _port = __inbound.remotePort),
      _count++
    ))
    .demux('request')
    .encodeHttpResponse()
  .pipeline('request')
    .onMessageStart(e => (_mine = e.head.path + ' ' + _count, _count += 1000))
    .mux('upstream')
    .replaceMessage(() => new Message([_name, _count, _mine, _port].join(' ')))
  .pipeline('upstream')
    .encodeHttpRequest().connect('127.0.0.1:${upstream}').decodeHttpResponse()
`

test('variables of 200 connections on 4 workers never mix', {
  timeout: patience(60_000),
}, async (context) => {
  const upstream = await startUpstream(context)
  const { port } = await startScript(context, script(upstream), '--workers', '4')
  const deadline = performance.now() + DURATION_MS
  const client = async (id: number): Promise<void> => {
    const connection = await connectRaw(context, port)
    for (let count = 1; count <= LEAST_REQUESTS || performance.now() < deadline; count++) {
      connection.write(`GET /${id} HTTP/1.1\r\nHost: a\r\n\r\n`)
      const { body } = await connection.message()
      const own = connection.socket.localPort
      assert.equal(body, `/${id} ${1000 + count} /${id} ${count} ${own}`)
    }
  }
  await Promise.all(Array.from({ length: CONNECTIONS }, (_, id) => client(id)))
})

async function startUpstream(context: TestContext): Promise<number> {
  // Answers late now and then, so that requests overtake each other.
  let requests = 0
  const server = createServer((_, response) => {
    if (requests++ % 10 === 0) setTimeout(() => response.end('late'), 5)
    else response.end('at once')
  }).listen(0, '127.0.0.1')
  context.after(() => {
    server.closeAllConnections()
    server.close()
  })
  await once(server, 'listening')
  return (server.address() as AddressInfo).port
}
