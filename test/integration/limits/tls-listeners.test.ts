import assert from 'node:assert/strict'
import { once } from 'node:events'
import { type TestContext, test } from 'node:test'
import { connect } from 'node:tls'
import { ByteStream, connectRaw } from '../support/byte-stream.ts'
import { makeCertificate } from '../support/certificate.ts'
import { answering, response, startRawServer } from '../support/raw-server.ts'
import type { RunningLb } from '../support/start-lb.ts'
import { startProxy } from './support.ts'

const TLS = `tls: { ${makeCertificate()} }`
const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

async function connectTls(context: TestContext, port: number): Promise<ByteStream> {
  const { socket } = await connectRaw(context, port)
  socket.removeAllListeners('data')
  const tls = connect({ socket, rejectUnauthorized: false })
  context.after(() => tls.destroy())
  await once(tls, 'secureConnect')
  return new ByteStream(tls)
}

/** A proxy that speaks TLS with its clients, in front of a server that answers "ok". */
async function startTlsProxy(context: TestContext, settings: string): Promise<RunningLb> {
  const upstream = await startRawServer(
    context,
    answering(() => response('ok')),
  )
  return startProxy(context, 'script', upstream, { options: [], script: `${TLS}, ${settings}` })
}

test('a handshake that is not completed: the connection is closed', async (context) => {
  const { port, sluice } = await startTlsProxy(context, 'timeouts: { handshake: 0.3 }')
  const client = await connectRaw(context, port)
  assert.equal(await client.rest(), '')
  sluice.signal('SIGTSTP')
  await sluice.line(/^handshakeTimeouts +1$/m)
})

test('a head that is not completed: 408', async (context) => {
  const { port, sluice } = await startTlsProxy(context, 'timeouts: { requestHead: 0.5 }')
  const client = await connectTls(context, port)
  client.write(GET)
  assert.equal((await client.message()).status, 200)
  client.write('GET / HTTP/1.1\r\nX: ')
  const dripping = setInterval(() => client.write('x'), 50)
  context.after(() => clearInterval(dripping))
  assert.equal((await client.message()).status, 408)
  sluice.signal('SIGTSTP')
  await sluice.line(/^requestHeadTimeouts +1$/m)
})

test('a connection without a request: closed', async (context) => {
  const { port, sluice } = await startTlsProxy(context, 'timeouts: { requestHead: 0.3 }')
  const client = await connectTls(context, port)
  assert.equal(await client.rest(), '')
  sluice.signal('SIGTSTP')
  await sluice.line(/^firstByteTimeouts +1$/m)
})

test('a body that stops in its middle: 408', async (context) => {
  const { port, sluice } = await startTlsProxy(context, 'timeouts: { requestBody: 0.3 }')
  const client = await connectTls(context, port)
  client.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n01234')
  assert.equal((await client.message()).status, 408)
  sluice.signal('SIGTSTP')
  await sluice.line(/^requestBodyTimeouts +1$/m)
})

test('no further request: closed', async (context) => {
  const { port, sluice } = await startTlsProxy(context, 'timeouts: { keepAlive: 0.3 }')
  const client = await connectTls(context, port)
  assert.equal((await client.write(GET).message()).status, 200)
  assert.equal(await client.rest(), '')
  sluice.signal('SIGTSTP')
  await sluice.line(/^keepAliveTimeouts +1$/m)
})

test('limits of the listener hold for what was encrypted', async (context) => {
  const { port } = await startTlsProxy(context, 'limits: { maxBodyBytes: 3, maxHeaders: 2 }')
  const client = await connectTls(context, port)
  client.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\n')
  assert.equal((await client.message()).status, 413)
  const other = await connectTls(context, port)
  other.write('GET / HTTP/1.1\r\nHost: a\r\nA: 1\r\nB: 2\r\n\r\n')
  assert.equal((await other.message()).status, 431)
})

test('a connection that is one too many is closed before its handshake', async (context) => {
  const { port } = await startTlsProxy(context, 'limits: { maxConnections: 1 }')
  const client = await connectTls(context, port)
  assert.equal((await client.write(GET).message()).status, 200)
  const other = await connectRaw(context, port)
  assert.equal(await other.rest(), '')
})
