import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connectRaw } from './support/byte-stream.ts'
import { answering, response, startRawServer } from './support/raw-server.ts'
import { startLb } from './support/start-lb.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

test('an answer before the end of the request goes out at once, and the connection ends', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startLb(context, [upstream])
  const client = await connectRaw(context, port)
  client.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 100000\r\n\r\npart')
  const connection = await upstream.connection()
  await connection.through('part')
  connection.write('HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig')
  const answer = await client.message()
  assert.equal(answer.status, 413)
  assert.equal(answer.body, 'big')
  assert.equal(answer.field('connection'), 'close')
  await connection.over()
  client.write('more of the body that nobody reads')
  assert.equal(await client.over(), 'end')
})

test('the rest of such a request is never taken for another one', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startLb(context, [upstream])
  const client = await connectRaw(context, port)
  client.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${GET.length * 2}\r\n\r\n`)
  const connection = await upstream.connection()
  await connection.through('\r\n\r\n')
  connection.write(response('early'))
  const answer = await client.message()
  assert.equal(answer.body, 'early')
  assert.equal(answer.field('connection'), 'close')
  client.write(GET + GET)
  assert.equal(await client.over(), 'end')
  assert.equal(client.untaken, '')
  assert.equal(upstream.accepted, 1)
})

test('a request behind one that was answered early is not lost: the client was told', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startLb(context, [upstream])
  const client = await connectRaw(context, port)
  client.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\nabc')
  const connection = await upstream.connection()
  await connection.through('abc')
  connection.write(response('early'))
  const answer = await client.message()
  assert.equal(answer.status, 200)
  assert.equal(answer.field('connection'), 'close')
  client.write(`${'x'.repeat(47)}POST /pay HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n`)
  assert.equal(await client.over(), 'end')
  assert.equal(client.untaken, '')
  assert.equal(upstream.accepted, 1)
})

test('an answer to a request that was whole keeps the connection', async (context) => {
  const upstream = await startRawServer(
    context,
    answering((line) => response(line)),
  )
  const { port } = await startLb(context, [upstream])
  const client = await connectRaw(context, port)
  for (const method of ['POST', 'PUT', 'POST']) {
    client.write(`${method} / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbo`)
    client.write('dy')
    const answer = await client.message()
    assert.notEqual(answer.field('connection'), 'close')
    assert.equal(answer.body, `${method} / HTTP/1.1`)
  }
})

test('an answer that begins early and ends late lets the request go on', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startLb(context, [upstream])
  const client = await connectRaw(context, port)
  client.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\nfirs')
  const connection = await upstream.connection()
  await connection.through('firs')
  connection.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\nfirs\r\n')
  assert.match(await client.through('firs'), /connection: close\r\n/i)
  client.write('tlast'.slice(0, 4))
  assert.equal(await connection.take(4), 'tlas')
  connection.write('4\r\ntlas\r\n0\r\n\r\n')
  await client.through('tlas\r\n0\r\n\r\n')
  assert.equal(await client.over(), 'end')
})

test('an upstream that answers and closes in mid-upload: the client gets the answer', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startLb(context, [upstream])
  const client = await connectRaw(context, port)
  client.write('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n')
  const connection = await upstream.connection()
  await connection.through('part\r\n')
  connection.end('HTTP/1.1 403 Forbidden\r\nConnection: close\r\nContent-Length: 2\r\n\r\nno')
  const answer = await client.message()
  assert.equal(answer.status, 403)
  assert.equal(answer.body, 'no')
  assert.equal(await client.over(), 'end')
})

test('others are not disturbed by it', async (context) => {
  const upstream = await startRawServer(
    context,
    answering(() => response('ok')),
  )
  const refusing = await startRawServer(context, (connection) => {
    // It answers once per connection, so that nobody may ask it again.
    connection.write('HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 5\r\n\r\nearly')
  })
  const { port } = await startLb(context, [upstream, refusing])
  const clients = await Promise.all(Array.from({ length: 10 }, () => connectRaw(context, port)))
  for (const client of clients) {
    client.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nbo')
  }
  // Half of them are answered before their body is complete.
  for (const client of clients) client.write('dy')
  for (const client of clients) {
    const { body } = await client.message()
    assert.ok(body === 'ok' || body === 'early', body)
  }
})
