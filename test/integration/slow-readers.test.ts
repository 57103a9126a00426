import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type AddressInfo, createServer } from 'node:net'
import { type TestContext, test } from 'node:test'
import { type ByteStream, connectRaw } from './support/byte-stream.ts'
import { response, startRawServer } from './support/raw-server.ts'
import { startLb } from './support/start-lb.ts'

const SIZE = 64 << 20
const HEAD = `HTTP/1.1 200 OK\r\nContent-Length: ${SIZE}\r\n\r\n`
const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
const PUT = `PUT / HTTP/1.1\r\nHost: a\r\nContent-Length: ${SIZE}\r\n\r\n`

/** A server that sends a long answer to whatever it gets first; with a head or without. */
async function startSource(context: TestContext, head: string): Promise<string> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined)
    socket.once('data', () => {
      socket.write(head)
      socket.end(Buffer.alloc(SIZE))
    })
  })
  context.after(() => server.close())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return `127.0.0.1:${(server.address() as AddressInfo).port}`
}

/** Reads nothing for `ms`: longer than a time-out that must not fire, which nothing tells of. */
async function stall({ socket }: ByteStream, ms: number): Promise<void> {
  socket.removeAllListeners('data')
  socket.pause()
  await new Promise((resolve) => setTimeout(resolve, ms))
}

/** Reads the rest; resolves with its size when `size` bytes have come, or the connection is over. */
async function rest(stream: ByteStream, size: number): Promise<number> {
  let received = stream.untaken.length
  stream.socket.on('data', (data) => {
    received += data.length
    if (received >= size) stream.socket.destroy()
  })
  stream.socket.resume()
  await stream.over()
  return received
}

test('a client that reads nothing for a while is not blamed on its upstream', async (context) => {
  const options = ['--response-timeout', '200ms', '--idle-timeout', '60s']
  const { port } = await startLb(context, [await startSource(context, HEAD)], ...options)
  const client = await connectRaw(context, port)
  client.write(GET)
  await client.through('\r\n\r\n')
  await stall(client, 1000)
  assert.equal(await rest(client, SIZE), SIZE)
})

test('a client that reads nothing for too long is aborted', async (context) => {
  const upstream = await startRawServer(context)
  const options = ['--response-timeout', '60s', '--write-timeout', '300ms']
  const { port } = await startLb(context, [upstream], ...options)
  const client = await connectRaw(context, port)
  client.write(GET)
  const connection = await upstream.connection()
  await connection.message()
  connection.write(HEAD)
  await client.through('\r\n\r\n')
  client.socket.removeAllListeners('data')
  client.socket.pause()
  connection.write(Buffer.alloc(SIZE))
  await connection.over()
})

test('an upstream that reads nothing for a while keeps its client', async (context) => {
  const upstream = await startRawServer(context)
  const options = ['--response-timeout', '60s', '--idle-timeout', '200ms']
  const { port } = await startLb(context, [upstream], ...options)
  const client = await connectRaw(context, port)
  client.write(PUT).write(Buffer.alloc(SIZE))
  const connection = await upstream.connection()
  await connection.through('\r\n\r\n')
  await stall(connection, 1000)
  let received = connection.untaken.length
  connection.socket.on('data', (data) => {
    received += data.length
    if (received === SIZE) connection.write(response('all'))
  })
  connection.socket.resume()
  assert.equal((await client.message()).body, 'all')
})

test('TCP: a client that reads slowly keeps its connection', async (context) => {
  const source = await startSource(context, '')
  const { port } = await startLb(context, [source], '--tcp', '--idle-timeout', '500ms')
  const client = await connectRaw(context, port)
  client.write('go')
  const { socket } = client
  let received = 0
  let mark = 0
  socket.removeAllListeners('data')
  socket.on('data', (data) => {
    received += data.length
    if (received < mark) return
    // Ten pauses, each shorter than the time-out, all together longer.
    mark += SIZE / 10
    socket.pause()
    setTimeout(() => socket.resume(), 100)
  })
  await client.over()
  assert.equal(received, SIZE)
})

test('TCP: a client that reads nothing for too long is aborted', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startLb(context, [upstream], '--tcp', '--write-timeout', '300ms')
  const client = await connectRaw(context, port)
  client.socket.removeAllListeners('data')
  client.socket.pause()
  const connection = await upstream.connection()
  connection.write(Buffer.alloc(SIZE))
  await connection.over()
})
