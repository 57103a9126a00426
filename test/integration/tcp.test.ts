import assert from 'node:assert/strict'
import { createHash, randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { findFreePort } from '../../bench/load/process/free-port.ts'
import { connectRaw } from './support/byte-stream.ts'
import { type RawServer, startRawServer } from './support/raw-server.ts'
import { startLb } from './support/start-lb.ts'

async function startPair(
  context: TestContext,
  ...options: string[]
): Promise<{ upstream: RawServer; port: number }> {
  const upstream = await startRawServer(context)
  const { port } = await startLb(context, [upstream], '--tcp', ...options)
  return { upstream, port }
}

test('bytes pass both ways as they are', async (context) => {
  const { upstream, port } = await startPair(context)
  const client = await connectRaw(context, port)
  client.write('\x00\xffGET nonsense\n')
  const server = await upstream.connection()
  assert.equal(await server.take(15), '\x00\xffGET nonsense\n')
  server.write('\r\n\x80')
  assert.equal(await client.take(3), '\r\n\x80')
})

test('the server may speak first', async (context) => {
  const { upstream, port } = await startPair(context)
  const client = await connectRaw(context, port)
  const server = await upstream.connection()
  server.write('220 ready\r\n')
  assert.equal(await client.through('\r\n'), '220 ready\r\n')
  client.write('QUIT\r\n')
  assert.equal(await server.through('\r\n'), 'QUIT\r\n')
})

test('the client ends its side first and still gets everything', async (context) => {
  const { upstream, port } = await startPair(context)
  const client = await connectRaw(context, port)
  client.end('question')
  const server = await upstream.connection()
  assert.equal(await server.rest(), 'question')
  server.write('ans')
  assert.equal(await client.take(3), 'ans')
  server.end('wer')
  assert.equal(await client.rest(), 'wer')
})

test('the server ends its side first and still gets everything', async (context) => {
  const { upstream, port } = await startPair(context)
  const client = await connectRaw(context, port)
  const server = await upstream.connection()
  server.end('greeting')
  assert.equal(await client.rest(), 'greeting')
  client.write('late ')
  assert.equal(await server.take(5), 'late ')
  client.end('words')
  assert.equal(await server.rest(), 'words')
})

test('a client that says nothing and ends is passed on', async (context) => {
  const { upstream, port } = await startPair(context)
  const client = await connectRaw(context, port)
  client.end()
  const server = await upstream.connection()
  assert.equal(await server.rest(), '')
  server.end('bye')
  assert.equal(await client.rest(), 'bye')
})

test('a reset passes to the other side', async (context) => {
  const { upstream, port } = await startPair(context)
  const client = await connectRaw(context, port)
  client.write('a')
  const server = await upstream.connection()
  await server.take(1)
  client.reset()
  assert.equal(await server.over(), 'reset')

  const other = await connectRaw(context, port)
  other.write('b')
  const otherServer = await upstream.connection()
  await otherServer.take(1)
  otherServer.reset()
  assert.equal(await other.over(), 'reset')
})

test('large transfers both ways at once arrive unharmed', async (context) => {
  const size = 32 << 20
  const block = randomBytes(1 << 20)
  const expected = createHash('sha256')
  for (let i = 0; i < size; i += block.length) expected.update(block)
  const digest = expected.digest('hex')
  const pump = (socket: Socket): Promise<string> => {
    let left = size / block.length
    const more = (): void => {
      while (left > 0) {
        left--
        if (!socket.write(block)) {
          socket.once('drain', more)
          return
        }
      }
      socket.end()
    }
    more()
    const hash = createHash('sha256')
    socket.on('data', (data) => hash.update(data))
    return new Promise((resolve, reject) => {
      socket.on('end', () => resolve(hash.digest('hex'))).on('error', reject)
    })
  }
  const server = createServer({ allowHalfOpen: true })
  const arrived = once(server, 'connection').then(([socket]) => pump(socket as Socket))
  context.after(() => server.close())
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  const { port } = await startLb(context, [`127.0.0.1:${address.port}`], '--tcp')
  const { socket } = await connectRaw(context, port)
  socket.removeAllListeners('data')
  assert.equal(await pump(socket), digest)
  assert.equal(await arrived, digest)
})

test('a refused connection goes to another endpoint', async (context) => {
  const upstream = await startRawServer(context)
  const dead = [`127.0.0.1:${await findFreePort()}`, `127.0.0.1:${await findFreePort()}`]
  const { port } = await startLb(context, [...dead, upstream.address], '--tcp')
  for (let i = 0; i < 4; i++) {
    const client = await connectRaw(context, port)
    const text = `hello ${i} ${'x'.repeat(200_000)}`
    client.write(text)
    const server = await upstream.connection()
    assert.equal(await server.take(text.length), text)
    client.end()
    assert.equal(await server.rest(), '')
    server.end()
    assert.equal(await client.rest(), '')
  }
})

test('when every endpoint refuses, the client connection is reset', async (context) => {
  const { port } = await startLb(context, [`127.0.0.1:${await findFreePort()}`], '--tcp')
  const client = await connectRaw(context, port)
  client.write('x')
  assert.equal(await client.over(), 'reset')
})

test('connections take turns', async (context) => {
  const upstreams = [await startRawServer(context), await startRawServer(context)]
  const { port } = await startLb(context, upstreams, '--tcp')
  for (let i = 0; i < 6; i++) {
    const client = await connectRaw(context, port)
    client.write('x')
    await Promise.race(upstreams.map((upstream) => upstream.arrival(Math.floor(i / 2) + 1)))
  }
  await Promise.all(upstreams.map((upstream) => upstream.arrival(3)))
})

test('an idle connection is closed in time', async (context) => {
  const { upstream, port } = await startPair(context, '--idle-timeout', '300ms')
  const client = await connectRaw(context, port)
  client.write('x')
  const server = await upstream.connection()
  await server.take(1)
  await client.over()
  await server.over()
})
