import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connectRaw } from './support/byte-stream.ts'
import { answering, response, startRawServer } from './support/raw-server.ts'
import { startLb } from './support/start-lb.ts'

const CHUNKED =
  'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n3\r\ntwo\r\n0\r\n\r\n'

test('an HTTP/1.0 client without Host gets its answer until the close', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startLb(context, [upstream])
  const client = await connectRaw(context, port)
  client.write('GET /a HTTP/1.0\r\n\r\n')
  const connection = await upstream.connection()
  const request = await connection.message()
  assert.equal(request.startLine, 'GET /a HTTP/1.1')
  assert.equal(request.all('host').length, 1, 'an HTTP/1.1 request names its host')
  connection.write(CHUNKED)
  const answer = await client.rest()
  assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/)
  assert.doesNotMatch(answer, /transfer-encoding/i)
  assert.match(answer, /\r\nConnection: close\r\n/i)
  assert.ok(answer.endsWith('\r\n\r\nonetwo'))
})

test('an HTTP/1.0 client with keep-alive goes on while lengths are known', async (context) => {
  const upstream = await startRawServer(
    context,
    answering((line) => (line.includes('/chunked') ? CHUNKED : response('ok'))),
  )
  const { port } = await startLb(context, [upstream])
  const client = await connectRaw(context, port)
  for (let i = 0; i < 2; i++) {
    client.write('GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n')
    const answer = await client.message()
    assert.equal(answer.body, 'ok')
    assert.match(answer.field('connection') ?? '', /^keep-alive$/i)
  }
  client.write('GET /chunked HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n')
  const last = await client.message()
  assert.equal(last.field('connection'), 'close')
  assert.equal(last.body, 'onetwo')
  assert.equal(await client.over(), 'end')
})

test('an HTTP/1.0 client without keep-alive is closed after a body of known length', async (context) => {
  const upstream = await startRawServer(
    context,
    answering(() => response('ok')),
  )
  const { port } = await startLb(context, [upstream])
  const client = await connectRaw(context, port)
  client.write('GET / HTTP/1.0\r\nHost: a\r\n\r\n')
  const answer = await client.message()
  assert.equal(answer.body, 'ok')
  assert.equal(await client.rest(), '')
})

test('an upstream connection survives its HTTP/1.0 clients', async (context) => {
  const upstream = await startRawServer(
    context,
    answering(() => CHUNKED),
  )
  const { port } = await startLb(context, [upstream])
  for (let i = 0; i < 3; i++) {
    const client = await connectRaw(context, port)
    client.write('GET / HTTP/1.0\r\nHost: a\r\n\r\n')
    assert.ok((await client.rest()).endsWith('onetwo'))
  }
  assert.equal(upstream.accepted, 1)
})

test('an HTTP/1.0 client gets no interim response', async (context) => {
  const upstream = await startRawServer(
    context,
    answering(() => `HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${response('ok')}`),
  )
  const { port } = await startLb(context, [upstream])
  const client = await connectRaw(context, port)
  client.write('GET / HTTP/1.0\r\nHost: a\r\n\r\n')
  assert.match(await client.rest(), /^HTTP\/1\.1 200 OK\r\n[\s\S]*\r\n\r\nok$/)
})
