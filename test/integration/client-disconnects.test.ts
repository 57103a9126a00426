import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connectRaw } from './support/byte-stream.ts'
import { response, startRawServer } from './support/raw-server.ts'
import { startLb } from './support/start-lb.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

for (const [what, request] of [
  ['a length', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100\r\n\r\npart'],
  ['chunks', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart'],
] as const) {
  for (const how of ['reset', 'end'] as const) {
    test(`${how} during an upload with ${what} aborts the upstream request`, async (context) => {
      const upstream = await startRawServer(context)
      const { port } = await startLb(context, [upstream])
      const client = await connectRaw(context, port)
      client.write(request)
      const connection = await upstream.connection()
      await connection.through('part')
      client[how]()
      assert.equal(await connection.over(), 'reset')
      assert.doesNotMatch(connection.untaken, /0\r\n\r\n/)
    })
  }
}

test('reset while waiting for the answer aborts the upstream request', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startLb(context, [upstream])
  const client = await connectRaw(context, port)
  client.write(GET)
  const connection = await upstream.connection()
  await connection.message()
  client.reset()
  await connection.over()
})

test('reset while a body comes aborts the upstream request', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startLb(context, [upstream])
  const client = await connectRaw(context, port)
  client.write(GET)
  const connection = await upstream.connection()
  await connection.message()
  connection.write('HTTP/1.1 200 OK\r\nContent-Length: 1000000\r\n\r\npart')
  await client.through('part')
  client.reset()
  await connection.over()
})

test('a half-closed client gets its whole answer', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startLb(context, [upstream])
  const client = await connectRaw(context, port)
  client.end(GET)
  const connection = await upstream.connection()
  await connection.message()
  connection.write('HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nfirs')
  await client.through('firs')
  connection.write('tend')
  assert.equal(await client.rest(), 'tend')
})

test('a half-closed client gets all its pipelined answers', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startLb(context, [upstream])
  const client = await connectRaw(context, port)
  client.end(GET + GET)
  const connections = [await upstream.connection(), await upstream.connection()]
  for (const connection of connections) {
    await connection.message()
    connection.write(response('ok'))
  }
  assert.equal((await client.message()).body, 'ok')
  assert.equal((await client.message()).body, 'ok')
  assert.equal(await client.rest(), '')
})

test('a half-closed client that nobody answers is let go when nothing has moved for long', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startLb(context, [upstream], '--keep-alive-timeout', '300ms')
  const client = await connectRaw(context, port)
  client.end(GET)
  const connection = await upstream.connection()
  await connection.message()
  assert.equal(await client.over(), 'reset')
  assert.equal(await connection.over(), 'reset')
})

test('a half-closed client whose request is refused gets the refusal', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startLb(context, [upstream])
  const client = await connectRaw(context, port)
  client.end('GET / HTTP/1.1\r\n\r\n')
  assert.match(await client.rest(), /^HTTP\/1\.1 400 /)
})

test('a client that ends without a word is closed', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startLb(context, [upstream])
  const client = await connectRaw(context, port)
  client.end()
  assert.equal(await client.rest(), '')
  const other = await connectRaw(context, port)
  other.end('GET / HT')
  await other.over()
  assert.equal(upstream.accepted, 0)
})

test('an idle keep-alive client is closed in time', async (context) => {
  const upstream = await startRawServer(context, async (connection) => {
    await connection.message()
    connection.write(response('ok'))
  })
  const { port } = await startLb(context, [upstream], '--idle-timeout', '300ms')
  const client = await connectRaw(context, port)
  client.write(GET)
  assert.equal((await client.message()).body, 'ok')
  assert.equal(await client.rest(), '')
})

test('a client that waits for a slow answer is not idle', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startLb(context, [upstream], '--idle-timeout', '200ms')
  const waiting = await connectRaw(context, port)
  waiting.write(GET)
  const connection = await upstream.connection()
  await connection.message()
  // Three other connections, one after the other, time out meanwhile.
  for (let i = 0; i < 3; i++) assert.equal(await (await connectRaw(context, port)).rest(), '')
  connection.write(response('late'))
  assert.equal((await waiting.message()).body, 'late')
})
