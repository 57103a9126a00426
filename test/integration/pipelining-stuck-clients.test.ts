import assert from 'node:assert/strict'
import { test } from 'node:test'
import { skipIfSanitized } from '../support/sanitized.ts'
import { connectRaw, exchange } from './support/byte-stream.ts'
import { settled } from './support/checked-stream.ts'
import { peakResidentBytes, residentBytes } from './support/process-facts.ts'
import { answering, response, startRawServer } from './support/raw-server.ts'
import { startLb } from './support/start-lb.ts'

const CLIENTS = 36
const REQUESTS = 128
/** Requests of one connection that are worked on at a time. */
const BEGUN = 8
const BIG = Buffer.from(response('x'.repeat(1 << 20)), 'latin1')
/** 36 clients may have 256 KB unsent and 64 KB held each; all of their answers would be 4.5 GB. */
const GROWTH = 128 << 20

function get(path: string): string {
  return `GET ${path} HTTP/1.1\r\nHost: a\r\n\r\n`
}

test('clients that pipeline and read nothing leave connections and memory to others', {
  skip: skipIfSanitized,
}, async (context) => {
  const upstream = await startRawServer(
    context,
    answering((line, connection) => {
      if (!line.includes('/big')) return response('small')
      connection.write(BIG)
      return ''
    }),
  )
  const { port, sluice } = await startLb(context, [upstream])
  await exchange(context, port, get('/small'))
  const before = residentBytes(sluice.child.pid)
  for (let i = 0; i < CLIENTS; i++) {
    const client = await connectRaw(context, port)
    client.socket.removeAllListeners('data')
    client.socket.pause()
    client.write(get('/big').repeat(REQUESTS))
  }
  await settled(() => upstream.accepted)
  assert.equal((await exchange(context, port, get('/small'))).body, 'small')
  assert.ok(upstream.accepted <= CLIENTS * BEGUN + 2, `${upstream.accepted} connections were taken`)
  const growth = peakResidentBytes(sluice.child.pid) - before
  assert.ok(growth < GROWTH, `memory grew by ${growth >> 20} MB`)
})

test('such a client gets all its answers when it reads at last', async (context) => {
  const upstream = await startRawServer(
    context,
    answering((line) => response(`${line.split(' ')[1]}`.padEnd(100_000, '.'))),
  )
  const { port } = await startLb(context, [upstream])
  const client = await connectRaw(context, port)
  client.socket.pause()
  for (let i = 0; i < REQUESTS; i++) client.write(get(`/${i}/`))
  await settled(() => upstream.accepted)
  client.socket.resume()
  for (let i = 0; i < REQUESTS; i++) {
    const { body } = await client.message()
    assert.ok(body.startsWith(`/${i}/.`), `${i}: ${body.slice(0, 20)}`)
    assert.equal(body.length, 100_000)
  }
  assert.ok(upstream.accepted <= BEGUN + 1, `${upstream.accepted} connections were taken`)
})
