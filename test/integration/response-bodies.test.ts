import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connectRaw } from './support/byte-stream.ts'
import { startRawServer } from './support/raw-server.ts'
import { startLb } from './support/start-lb.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
const HEAD = 'HEAD / HTTP/1.1\r\nHost: a\r\n\r\n'

test('a body until the close becomes chunked for an HTTP/1.1 client', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startLb(context, [upstream])
  const client = await connectRaw(context, port)
  for (let i = 0; i < 2; i++) {
    client.write(GET)
    const connection = await upstream.connection()
    await connection.message()
    connection.write('HTTP/1.1 200 OK\r\n\r\none').write('two').end('three')
    const answer = await client.message()
    assert.ok(answer.isChunked)
    assert.equal(answer.field('content-length'), undefined)
    assert.equal(answer.body, 'onetwothree')
  }
})

test('a body until the close stays so for an HTTP/1.0 client', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startLb(context, [upstream])
  const client = await connectRaw(context, port)
  client.write('GET / HTTP/1.0\r\n\r\n')
  const connection = await upstream.connection()
  await connection.message()
  connection.end('HTTP/1.0 200 OK\r\n\r\nbody')
  assert.match(await client.rest(), /^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\nbody$/)
})

test('the length of a body is passed on, and chunked stays chunked', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startLb(context, [upstream])
  const client = await connectRaw(context, port)
  client.write(GET)
  const connection = await upstream.connection()
  await connection.message()
  connection.write('HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nabc')
  await client.through('Content-Length: 6\r\n')
  await client.through('abc')
  connection.write('def')
  assert.equal(await client.take(3), 'def')

  client.write(GET)
  await connection.message()
  connection.write(
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;ext=1\r\nabc\r\n0\r\n\r\n',
  )
  const answer = await client.message()
  assert.ok(answer.isChunked)
  assert.equal(answer.body, 'abc')
})

test('trailers pass both ways', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startLb(context, [upstream])
  const client = await connectRaw(context, port)
  client.write(
    'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n' +
      '2\r\nhi\r\n0\r\nX-Sum: 1\r\nContent-Length: 9\r\nx-two: 2\r\n\r\n',
  )
  const connection = await upstream.connection()
  const request = await connection.message()
  assert.equal(request.body, 'hi')
  assert.deepEqual(request.trailers, ['X-Sum: 1', 'x-two: 2'])
  connection.write(
    'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: X-Sum\r\n\r\n' +
      '2\r\nho\r\n0\r\nX-Sum: 3\r\n\r\n',
  )
  const answer = await client.message()
  assert.equal(answer.body, 'ho')
  assert.deepEqual(answer.trailers, ['X-Sum: 3'])
})

for (const [status, lines] of [
  [204, ''],
  [304, 'Content-Length: 500\r\nETag: "a"\r\n'],
] as const) {
  test(`${status} has no body, and the connection goes on`, async (context) => {
    const upstream = await startRawServer(context)
    const { port } = await startLb(context, [upstream])
    const client = await connectRaw(context, port)
    let connection = null
    for (let i = 0; i < 2; i++) {
      client.write(GET)
      connection ??= await upstream.connection()
      await connection.message()
      connection.write(`HTTP/1.1 ${status} Reason\r\n${lines}\r\n`)
      const answer = await client.message()
      assert.equal(answer.status, status)
      assert.equal(answer.field('transfer-encoding'), undefined)
      assert.equal(answer.field('content-length'), status === 304 ? '500' : undefined)
    }
    assert.equal(upstream.accepted, 1)
    assert.equal(client.untaken, '')
  })
}

test('bytes behind a 204 reach nobody', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startLb(context, [upstream])
  const client = await connectRaw(context, port)
  client.write(GET)
  const connection = await upstream.connection()
  await connection.message()
  connection.write('HTTP/1.1 204 No Content\r\n\r\nsmuggled')
  assert.equal((await client.message()).status, 204)
  await connection.over()
  client.write(GET)
  const next = await upstream.connection()
  await next.message()
  next.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
  assert.equal((await client.message()).body, 'ok')
})

test('the answer to HEAD keeps its length and has no body', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startLb(context, [upstream])
  const client = await connectRaw(context, port)
  client.write(HEAD + GET)
  const first = await upstream.connection()
  const second = await upstream.connection()
  for (const connection of [first, second]) {
    const { startLine } = await connection.message()
    const body = startLine.startsWith('HEAD') ? '' : 'x'.repeat(12)
    connection.write(`HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n${body}`)
  }
  const head = await client.message({ isHead: true })
  assert.equal(head.field('content-length'), '12')
  assert.equal((await client.message()).body, 'x'.repeat(12))
})

test('the answer to HEAD without a length says nothing of a body', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startLb(context, [upstream])
  const client = await connectRaw(context, port)
  client.write(HEAD)
  const connection = await upstream.connection()
  await connection.message()
  connection.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n')
  assert.equal((await client.message({ isHead: true })).status, 200)
  client.write(GET)
  await connection.message()
  connection.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
  assert.equal((await client.message()).body, 'ok')
})
