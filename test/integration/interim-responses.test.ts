import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connectRaw } from './support/byte-stream.ts'
import { response, startRawServer } from './support/raw-server.ts'
import { startLb } from './support/start-lb.ts'

test('100 Continue comes from the upstream, before the body goes there', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startLb(context, [upstream])
  const client = await connectRaw(context, port)
  client.write('PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n')
  const connection = await upstream.connection()
  assert.match(await connection.through('\r\n\r\n'), /\r\nExpect: 100-continue\r\n/)
  assert.equal(client.untaken, '')
  connection.write('HTTP/1.1 100 Continue\r\n\r\n')
  assert.equal((await client.message()).status, 100)
  client.write('body')
  assert.equal(await connection.take(4), 'body')
  connection.write(response('ok'))
  const answer = await client.message()
  assert.equal(answer.body, 'ok')
  assert.notEqual(answer.field('connection'), 'close')
})

test('a final answer in place of 100 Continue ends the connection', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startLb(context, [upstream])
  const client = await connectRaw(context, port)
  client.write('PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n')
  const connection = await upstream.connection()
  await connection.through('\r\n\r\n')
  connection.write('HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nbig')
  const answer = await client.message()
  assert.equal(answer.status, 413)
  assert.equal(answer.body, 'big')
  assert.equal(answer.field('connection'), 'close')
  assert.equal(await client.over(), 'end')
  await connection.over()
})

test('103 Early Hints passes with its lines, any number of times up to ten', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startLb(context, [upstream])
  const client = await connectRaw(context, port)
  client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  const connection = await upstream.connection()
  await connection.message()
  const hint = 'HTTP/1.1 103 Early Hints\r\nLink: </style.css>\r\nlink: </b>\r\n\r\n'
  connection.write(hint.repeat(3) + response('ok'))
  for (let i = 0; i < 3; i++) {
    const interim = await client.message()
    assert.equal(interim.startLine, 'HTTP/1.1 103 Early Hints')
    assert.deepEqual(interim.lines, ['Link: </style.css>', 'link: </b>'])
  }
  assert.equal((await client.message()).body, 'ok')
})

test('more than ten interim responses are a fault of the upstream', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startLb(context, [upstream])
  const client = await connectRaw(context, port)
  client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  const connection = await upstream.connection()
  await connection.message()
  connection.write('HTTP/1.1 102 Processing\r\n\r\n'.repeat(11))
  let answer = await client.message()
  while (answer.status < 200) answer = await client.message()
  assert.equal(answer.status, 502)
})

test('101 that nobody asked for is a fault of the upstream', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startLb(context, [upstream])
  const client = await connectRaw(context, port)
  client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  const connection = await upstream.connection()
  await connection.message()
  connection.write('HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n')
  assert.equal((await client.message()).status, 502)
})
