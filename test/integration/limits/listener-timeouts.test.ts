import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connectRaw } from '../support/byte-stream.ts'
import { answering, response, startRawServer } from '../support/raw-server.ts'
import { startLb } from '../support/start-lb.ts'
import { countedOnce, startProxy, WAYS } from './support.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
const POST = 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n'

for (const way of WAYS) {
  test(`a head that is not completed, ${way}: 408`, async (context) => {
    const upstream = await startRawServer(context)
    const settings = {
      options: ['--head-timeout', '300ms'],
      script: 'timeouts: { requestHead: 0.3 }',
    }
    const { port, sluice } = await startProxy(context, way, upstream, settings)
    const client = await connectRaw(context, port)
    client.write('GET / HTTP/1.1\r\nHost')
    assert.equal((await client.message()).status, 408)
    assert.equal(await client.rest(), '')
    assert.equal(upstream.accepted, 0)
    await countedOnce(sluice, 'requestHeadTimeouts')
  })

  test(`a head that comes byte by byte, ${way}: 408 all the same`, async (context) => {
    const upstream = await startRawServer(context)
    const settings = {
      options: ['--head-timeout', '500ms'],
      script: 'timeouts: { requestHead: 0.5 }',
    }
    const { port } = await startProxy(context, way, upstream, settings)
    const client = await connectRaw(context, port)
    client.write('GET / HTTP/1.1\r\nX: ')
    const dripping = setInterval(() => client.write('x'), 50)
    context.after(() => clearInterval(dripping))
    assert.equal((await client.message()).status, 408)
  })

  test(`a connection without a byte, ${way}: closed without an answer`, async (context) => {
    const upstream = await startRawServer(context)
    const settings = {
      options: ['--head-timeout', '300ms'],
      script: 'timeouts: { requestHead: 0.3 }',
    }
    const { port, sluice } = await startProxy(context, way, upstream, settings)
    const client = await connectRaw(context, port)
    assert.equal(await client.rest(), '')
    await countedOnce(sluice, 'firstByteTimeouts')
  })

  test(`a body that stops in its middle, ${way}: 408, and the upstream request is aborted`, async (context) => {
    const upstream = await startRawServer(context)
    const settings = {
      options: ['--body-timeout', '300ms'],
      script: 'timeouts: { requestBody: 0.3 }',
    }
    const { port, sluice } = await startProxy(context, way, upstream, settings)
    const client = await connectRaw(context, port)
    client.write(`${POST}01234`)
    const connection = await upstream.connection()
    await connection.through('01234')
    assert.equal((await client.message()).status, 408)
    assert.equal(await client.rest(), '')
    assert.equal(await connection.over(), 'reset')
    await countedOnce(sluice, 'requestBodyTimeouts')
  })

  test(`a body that comes too slowly, ${way}: 408`, async (context) => {
    const upstream = await startRawServer(context)
    const settings = {
      options: ['--body-timeout', '1s', '--min-body-rate', '100'],
      script: 'timeouts: { requestBody: 1 }, limits: { minBodyRate: 100 }',
    }
    const { port, sluice } = await startProxy(context, way, upstream, settings)
    const client = await connectRaw(context, port)
    client.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000000\r\n\r\n')
    const dripping = setInterval(() => client.write('x'), 50)
    context.after(() => clearInterval(dripping))
    assert.equal((await client.message()).status, 408)
    await countedOnce(sluice, 'requestBodyTimeouts')
  })

  test(`no further request, ${way}: the connection is closed`, async (context) => {
    const upstream = await startRawServer(
      context,
      answering(() => response('ok')),
    )
    const settings = {
      options: ['--keep-alive-timeout', '300ms'],
      script: 'timeouts: { keepAlive: 0.3 }',
    }
    const { port, sluice } = await startProxy(context, way, upstream, settings)
    const client = await connectRaw(context, port)
    client.write(GET)
    assert.equal((await client.message()).body, 'ok')
    assert.equal(await client.rest(), '')
    await countedOnce(sluice, 'keepAliveTimeouts')
  })

  test(`a client that does not read, ${way}: reset, and the upstream is let go`, async (context) => {
    const upstream = await startRawServer(context)
    const settings = { options: ['--write-timeout', '500ms'], script: 'timeouts: { write: 0.5 }' }
    const { port, sluice } = await startProxy(context, way, upstream, settings)
    const client = await connectRaw(context, port)
    client.socket.pause()
    client.write(GET)
    const connection = await upstream.connection()
    await connection.message()
    connection.write('HTTP/1.1 200 OK\r\nContent-Length: 100000000\r\n\r\n')
    const piece = Buffer.alloc(1 << 20)
    for (let i = 0; i < 64; i++) connection.write(piece)
    assert.equal(await connection.over(), 'reset')
    await countedOnce(sluice, 'writeTimeouts')
  })
}

test('the next head has its own time, also when it begins in the packet that ends the one before', async (context) => {
  const upstream = await startRawServer(
    context,
    answering(() => response('ok')),
  )
  const { port } = await startLb(context, [upstream], '--head-timeout', '1s')
  const client = await connectRaw(context, port)
  client.write(GET.slice(0, 10))
  for (let i = 0; i < 8; i++) {
    await new Promise((resolve) => setTimeout(resolve, 250))
    client.write(GET.slice(10) + GET.slice(0, 10))
    assert.equal((await client.message()).status, 200)
  }
})

test('time in which we do not read is not the client’s', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startLb(context, [upstream], '--body-timeout', '300ms')
  const client = await connectRaw(context, port)
  const size = 32 << 20
  client.write(`POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${size}\r\n\r\n`)
  const connection = await upstream.connection()
  connection.socket.pause()
  client.write(Buffer.alloc(size - 1))
  await new Promise((resolve) => setTimeout(resolve, 1000))
  assert.equal(client.untaken, '', 'held up by a slow upstream')
  connection.socket.resume()
  assert.equal((await client.message()).status, 408, 'the last byte is missing')
})

test('TCP: a connection on which nothing moves is closed, and its upstream with it', async (context) => {
  const upstream = await startRawServer(context)
  const { port, sluice } = await startLb(context, [upstream], '--tcp', '--idle-timeout', '300ms')
  const client = await connectRaw(context, port)
  const connection = await upstream.connection()
  assert.notEqual(await client.over(), 'open')
  assert.notEqual(await connection.over(), 'open')
  // Both sides have the same time, and one turn may find both over.
  sluice.signal('SIGTSTP')
  await sluice.line(/^idleTimeouts +[12]$/m)
})
