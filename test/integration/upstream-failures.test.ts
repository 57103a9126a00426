import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findFreePort } from '../../bench/load/process/free-port.ts'
import { type ByteStream, connectRaw, exchange } from './support/byte-stream.ts'
import { startRawServer } from './support/raw-server.ts'
import { startLb } from './support/start-lb.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
const POST = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi'

for (const request of [GET, POST]) {
  const method = request.slice(0, 4).trim()
  test(`${method}: an upstream that refuses gives 503`, async (context) => {
    const { port } = await startLb(context, [`127.0.0.1:${await findFreePort()}`])
    const client = await connectRaw(context, port)
    for (let i = 0; i < 3; i++) {
      assert.equal((await client.write(request).message()).status, 503)
    }
  })

  test(`${method}: no endpoint of three accepts: 503`, async (context) => {
    const dead = [await findFreePort(), await findFreePort(), await findFreePort()]
    const { port } = await startLb(
      context,
      dead.map((one) => `127.0.0.1:${one}`),
    )
    const client = await connectRaw(context, port)
    for (let i = 0; i < 5; i++) {
      assert.equal((await client.write(request).message()).status, 503)
    }
  })

  for (const [how, fail] of [
    ['resets', (connection: ByteStream) => connection.reset()],
    ['closes', (connection: ByteStream) => connection.end()],
    ['closes in its head', (connection: ByteStream) => connection.end('HTTP/1.1 200 OK\r\nX-')],
    ['answers rubbish', (connection: ByteStream) => connection.write('RUBBISH\r\n\r\n')],
    [
      'frames its body twice',
      (connection: ByteStream) =>
        connection.write(
          'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
        ),
    ],
  ] as const) {
    test(`${method}: an upstream that ${how} gives 502`, async (context) => {
      const upstream = await startRawServer(context, async (connection) => {
        await connection.message()
        fail(connection)
      })
      const { port } = await startLb(context, [upstream])
      const client = await connectRaw(context, port)
      for (let i = 0; i < 2; i++) {
        const answer = await client.write(request).message()
        assert.equal(answer.status, 502)
        assert.notEqual(answer.field('connection'), 'close')
      }
    })
  }

  test(`${method}: an upstream that does not answer in time gives 504`, async (context) => {
    const upstream = await startRawServer(context)
    const { port } = await startLb(context, [upstream], '--response-timeout', '300ms')
    const client = await connectRaw(context, port)
    client.write(request)
    const connection = await upstream.connection()
    await connection.message()
    assert.equal((await client.message()).status, 504)
    await connection.over()
  })
}

test('an unknown host name gives 503', async (context) => {
  const { port } = await startLb(context, ['no-such-host.invalid:80'])
  assert.equal((await exchange(context, port, GET)).status, 503)
})

test('an upstream that cannot be reached in time gives 504', async (context) => {
  // RFC 5737: nobody has this address. Where there is no route at all it fails at once.
  const { port } = await startLb(context, ['192.0.2.1:80'], '--connect-timeout', '200ms')
  const { status } = await exchange(context, port, GET)
  assert.ok(status === 504 || status === 503, `${status}`)
})

for (const [body, start] of [
  ['a body with a length', 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart'],
  ['a chunked body', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n'],
  ['a chunk', 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n64\r\npart'],
] as const) {
  for (const how of ['end', 'reset'] as const) {
    test(`${body} cut off by ${how} aborts the client connection`, async (context) => {
      const upstream = await startRawServer(context)
      const { port } = await startLb(context, [upstream])
      const client = await connectRaw(context, port)
      client.write(GET)
      const connection = await upstream.connection()
      await connection.message()
      connection.write(start)
      await client.through('part')
      connection[how]()
      assert.equal(await client.over(), 'reset')
      assert.doesNotMatch(client.untaken, /0\r\n\r\n/)
    })
  }
}

test('a bad chunk in mid-body aborts the client connection', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startLb(context, [upstream])
  const client = await connectRaw(context, port)
  client.write(GET)
  const connection = await upstream.connection()
  await connection.message()
  connection.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n4\r\npart\r\n')
  await client.through('part')
  connection.write('zz\r\n')
  assert.equal(await client.over(), 'reset')
  await connection.over()
})

test('a body that stands still for too long aborts the client connection', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startLb(context, [upstream], '--response-timeout', '300ms')
  const client = await connectRaw(context, port)
  client.write(GET)
  const connection = await upstream.connection()
  await connection.message()
  connection.write('HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\npart')
  await client.through('part')
  assert.equal(await client.over(), 'reset')
})

test('a failure hurts only its own client', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startLb(context, [upstream])
  const clients = [await connectRaw(context, port), await connectRaw(context, port)]
  for (const client of clients) client.write(GET)
  const connections = [await upstream.connection(), await upstream.connection()]
  for (const connection of connections) await connection.message()
  connections[0]?.reset()
  connections[1]?.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
  const answers = await Promise.all(clients.map((client) => client.message()))
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 502])
})
