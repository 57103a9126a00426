import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connectRaw } from './support/byte-stream.ts'
import { startRawServer } from './support/raw-server.ts'
import { startLb } from './support/start-lb.ts'

test('request header lines keep bytes, order, case and number', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startLb(context, [upstream])
  const client = await connectRaw(context, port)
  const lines = [
    'hOsT: Example.org:81',
    'X-B: 2',
    'x-a:1',
    'X-B:  spaces   inside and around  ',
    'Cookie: a=1',
    'cookie: b=2',
    'X-Empty:',
    'X-Latin: caf\xe9 \xc3\xa9',
    'Accept: */*',
  ]
  client.write(`GET /Path?q=%20&r=[] HTTP/1.1\r\n${lines.join('\r\n')}\r\n\r\n`)
  const request = await (await upstream.connection()).message()
  assert.equal(request.startLine, 'GET /Path?q=%20&r=[] HTTP/1.1')
  assert.deepEqual(request.lines, lines)
})

test('response header lines keep bytes, order, case and number', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startLb(context, [upstream])
  const client = await connectRaw(context, port)
  client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  const connection = await upstream.connection()
  await connection.message()
  const lines = [
    'sEt-CooKie: a=1; Path=/',
    'Set-Cookie: b=2',
    'X-Z: last',
    'Set-Cookie: c=3',
    'X-A:  first ',
    'x-empty: ',
    'X-Latin: caf\xe9',
  ]
  connection.write(
    `HTTP/1.1 299 Odd  Reason \xe9\r\n${lines.join('\r\n')}\r\nContent-Length: 2\r\n\r\nok`,
  )
  const answer = await client.message()
  assert.equal(answer.startLine, 'HTTP/1.1 299 Odd  Reason \xe9')
  assert.deepEqual(
    answer.lines.filter((line) => !/^(content-length|connection):/i.test(line)),
    lines,
  )
  assert.equal(answer.body, 'ok')
})

test('a status line without reason phrase is accepted', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startLb(context, [upstream])
  const client = await connectRaw(context, port)
  client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  const connection = await upstream.connection()
  await connection.message()
  connection.write('HTTP/1.1 200\r\nContent-Length: 2\r\n\r\nok')
  const answer = await client.message()
  assert.equal(answer.status, 200)
  assert.equal(answer.body, 'ok')
})

test('hop-by-hop fields and those named by Connection stay on their hop', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startLb(context, [upstream])
  const client = await connectRaw(context, port)
  client.write(
    'GET / HTTP/1.1\r\nHost: a\r\nX-Own: 1\r\nConnection: x-own, keep-alive\r\n' +
      'Keep-Alive: timeout=5\r\nTE: trailers\r\nX-Kept: 2\r\n\r\n',
  )
  const connection = await upstream.connection()
  const request = await connection.message()
  assert.deepEqual(
    request.lines.filter((line) => !/^connection:/i.test(line)),
    ['Host: a', 'X-Kept: 2'],
  )
  connection.write(
    'HTTP/1.1 200 OK\r\nX-Own: 1\r\nConnection: X-Own\r\nKeep-Alive: timeout=5\r\n' +
      'X-Kept: 2\r\nContent-Length: 0\r\n\r\n',
  )
  const answer = await client.message()
  assert.deepEqual(
    answer.lines.filter((line) => !/^(connection|content-length):/i.test(line)),
    ['X-Kept: 2'],
  )
})

test('a head that comes byte by byte is the same', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startLb(context, [upstream])
  const client = await connectRaw(context, port)
  const head = 'POST /slow HTTP/1.1\r\nHost: a\r\nX-One: 1\r\nContent-Length: 3\r\n\r\nabc'
  for (const byte of head) {
    client.write(byte)
    await new Promise((resolve) => setImmediate(resolve))
  }
  const connection = await upstream.connection()
  const request = await connection.message()
  assert.equal(request.body, 'abc')
  assert.deepEqual(request.lines, ['Host: a', 'X-One: 1', 'Content-Length: 3'])
  for (const byte of 'HTTP/1.1 200 OK\r\nX-Two: 2\r\nContent-Length: 3\r\n\r\ndef') {
    connection.write(byte)
    await new Promise((resolve) => setImmediate(resolve))
  }
  const answer = await client.message()
  assert.equal(answer.field('x-two'), '2')
  assert.equal(answer.body, 'def')
})

test('a head of 16 KB passes, one that never ends is refused', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startLb(context, [upstream])
  const client = await connectRaw(context, port)
  const value = 'v'.repeat(7000)
  client.write(`GET / HTTP/1.1\r\nHost: a\r\nX-Long: ${value}\r\nX-Longer: ${value}\r\n\r\n`)
  assert.equal((await (await upstream.connection()).message()).field('x-longer'), value)

  const endless = await connectRaw(context, port)
  endless.write(`GET / HTTP/1.1\r\nHost: a\r\n`)
  for (let i = 0; i < 20; i++) endless.write(`X-${i}: ${value}\r\n`)
  assert.equal((await endless.message()).status, 431)
  assert.equal(upstream.accepted, 1)
})
