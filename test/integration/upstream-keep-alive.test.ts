import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connectRaw, exchange } from './support/byte-stream.ts'
import { answering, response, startRawServer } from './support/raw-server.ts'
import { startLb } from './support/start-lb.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
const POST = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi'

test('requests of many clients share one upstream connection', async (context) => {
  const upstream = await startRawServer(
    context,
    answering(() => response('ok')),
  )
  const { port } = await startLb(context, [upstream])
  for (let i = 0; i < 5; i++) assert.equal((await exchange(context, port, GET)).body, 'ok')
  const client = await connectRaw(context, port)
  for (let i = 0; i < 5; i++) assert.equal((await client.write(POST).message()).body, 'ok')
  assert.equal(upstream.accepted, 1)
})

test('concurrent requests get connections of their own', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startLb(context, [upstream])
  const clients = await Promise.all([1, 2, 3].map(() => connectRaw(context, port)))
  for (const client of clients) client.write(GET)
  const connections = await Promise.all([1, 2, 3].map(() => upstream.connection()))
  for (const connection of connections) {
    await connection.message()
    connection.write(response('ok'))
  }
  for (const client of clients) assert.equal((await client.message()).body, 'ok')
  assert.equal(upstream.accepted, 3)
})

for (const [what, head] of [
  ['Connection: close', 'HTTP/1.1 200 OK\r\nConnection: close'],
  ['HTTP/1.0', 'HTTP/1.0 200 OK'],
] as const) {
  test(`an upstream that answers ${what} is asked on a new connection`, async (context) => {
    const upstream = await startRawServer(
      context,
      answering(() => `${head}\r\nContent-Length: 2\r\n\r\nok`),
    )
    const { port } = await startLb(context, [upstream])
    const client = await connectRaw(context, port)
    for (let i = 0; i < 3; i++) {
      const answer = await client.write(GET).message()
      assert.equal(answer.body, 'ok')
      assert.notEqual(answer.field('connection'), 'close')
    }
    assert.equal(upstream.accepted, 3)
  })
}

test('an upstream that closes an idle connection harms nobody', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startLb(context, [upstream])
  const client = await connectRaw(context, port)
  for (let i = 0; i < 3; i++) {
    client.write(i === 1 ? POST : GET)
    const connection = await upstream.connection()
    await connection.message()
    connection.write(response('ok'))
    assert.equal((await client.message()).body, 'ok')
    connection.end()
    // The balancer closes its side, too: it has seen the end.
    await connection.over()
  }
  assert.equal(upstream.accepted, 3)
})

test('a GET that meets a stale connection is sent again on a new one', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startLb(context, [upstream])
  const client = await connectRaw(context, port)
  client.write(GET)
  const stale = await upstream.connection()
  await stale.message()
  stale.write(response('one'))
  assert.equal((await client.message()).body, 'one')

  client.write(GET)
  await stale.message()
  stale.end()
  const fresh = await upstream.connection()
  assert.equal((await fresh.message()).startLine, 'GET / HTTP/1.1')
  fresh.write(response('two'))
  assert.equal((await client.message()).body, 'two')
})

test('a GET is repeated once, not for ever', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startLb(context, [upstream])
  const client = await connectRaw(context, port)
  client.write(GET)
  const stale = await upstream.connection()
  await stale.message()
  stale.write(response('one'))
  await client.message()

  client.write(GET)
  await stale.message()
  stale.reset()
  const fresh = await upstream.connection()
  await fresh.message()
  fresh.reset()
  assert.equal((await client.message()).status, 502)
  assert.equal(upstream.accepted, 2)
})

test('a POST that meets a stale connection is not sent again', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startLb(context, [upstream])
  const client = await connectRaw(context, port)
  client.write(POST)
  const stale = await upstream.connection()
  await stale.message()
  stale.write(response('one'))
  await client.message()

  client.write(POST)
  await stale.message()
  stale.end()
  assert.equal((await client.message()).status, 502)
  assert.equal(upstream.accepted, 1)
})

test('a GET is not repeated once its answer has begun', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startLb(context, [upstream])
  const client = await connectRaw(context, port)
  client.write(GET)
  const connection = await upstream.connection()
  await connection.message()
  connection.write(response('one'))
  await client.message()

  client.write(GET)
  await connection.message()
  connection.write('HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc')
  await client.through('abc')
  connection.reset()
  assert.equal(await client.over(), 'reset')
  assert.equal(upstream.accepted, 1)
})

test('what an upstream sends unasked reaches nobody', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startLb(context, [upstream])
  const client = await connectRaw(context, port)
  client.write(GET)
  const connection = await upstream.connection()
  await connection.message()
  connection.write(response('one') + response('smuggled'))
  assert.equal((await client.message()).body, 'one')
  await connection.over()

  client.write(GET)
  const next = await upstream.connection()
  await next.message()
  next.write(response('two'))
  assert.equal((await client.message()).body, 'two')

  next.write(response('smuggled'))
  await next.over()
  client.write(GET)
  const last = await upstream.connection()
  await last.message()
  last.write(response('three'))
  assert.equal((await client.message()).body, 'three')
  assert.equal(client.untaken, '')
})
