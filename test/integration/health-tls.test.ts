import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer, type Server, type ServerOptions } from 'node:https'
import {
  type AddressInfo,
  createServer as createTcpServer,
  type Server as TcpServer,
} from 'node:net'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { createServer as createTlsServer, type TLSSocket } from 'node:tls'
import { temporaryFolder } from '../support/temporary-script.ts'
import { makeCertificateFiles } from './support/certificate.ts'
import { startUpstream } from './support/start-upstream.ts'

const { cert, key } = makeCertificateFiles()
const other = makeCertificateFiles()
const PROBES = { path: '/health', interval: '50ms', unhealthyInterval: '50ms', timeout: '10s' }

/** What the log says of an endpoint when it is found well or not. */
const HEALTHY = /^.*\[health\] app: \S+ is (?:un)?healthy.*$/m

/** An HTTPS server that tells by what name it was asked for and whether it knows the client. */
function httpsServer(seen: Set<string>, options: ServerOptions = {}): Server {
  const pem = { cert: readFileSync(cert), key: readFileSync(key) }
  return createServer({ ...pem, ...options }, ({ url, socket }, response) => {
    const { servername, authorized } = socket as TLSSocket & { servername: string | false }
    seen.add(`${url} ${servername} ${authorized}`)
    response.end('ok')
  })
}

async function portOf(context: TestContext, server: TcpServer): Promise<number> {
  server.on('tlsClientError', () => {})
  context.after(() => server.close())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  return (server.address() as AddressInfo).port
}

/** What is found first of the endpoint of an upstream. */
async function findingOf(
  context: TestContext,
  endpoint: string,
  tls: object,
  more: object = {},
): Promise<string> {
  const upstream = { endpoints: [endpoint], tls, health: PROBES, ...more }
  const { sluice } = await startUpstream(context, upstream)
  const [line] = await sluice.line(HEALTHY)
  return line.replace(/^.*\[health\] app: \S+ is /, '')
}

test('http: the certificate is verified for the name that requests ask for', async (context) => {
  const seen = new Set<string>()
  const port = await portOf(context, httpsServer(seen))
  const tls = { ca: cert, serverName: 'here.test' }
  assert.equal(await findingOf(context, `127.0.0.1:${port}`, tls), 'healthy')
  assert.deepEqual([...seen], ['/health here.test false'])
})

test('http: an endpoint with the certificate of somebody else is not well', async (context) => {
  const port = await portOf(context, httpsServer(new Set()))
  const tls = { ca: other.cert, serverName: 'here.test' }
  const endpoint = `127.0.0.1:${port}`
  assert.equal(await findingOf(context, endpoint, tls), 'unhealthy: self-signed certificate')
  const named = { ca: cert, serverName: 'there.test' }
  assert.match(await findingOf(context, endpoint, named), /^unhealthy: Hostname.*does not match/)
})

test('http: without verification any certificate will do', async (context) => {
  const seen = new Set<string>()
  const port = await portOf(context, httpsServer(seen))
  assert.equal(await findingOf(context, `localhost:${port}`, { verify: false }), 'healthy')
  assert.deepEqual([...seen], ['/health localhost false'])
})

test('http: our certificate is shown to who asks for it', async (context) => {
  const seen = new Set<string>()
  const server = httpsServer(seen, { requestCert: true, ca: readFileSync(cert) })
  const port = await portOf(context, server)
  const tls = { ca: cert, serverName: 'here.test', cert, key }
  assert.equal(await findingOf(context, `127.0.0.1:${port}`, tls), 'healthy')
  assert.deepEqual([...seen], ['/health here.test true'])
})

test('http: over a Unix socket', async (context) => {
  const path = join(temporaryFolder(context), 'app.sock')
  const server = httpsServer(new Set())
  context.after(() => server.close())
  await once(server.listen(path), 'listening')
  const tls = { ca: cert, serverName: 'here.test' }
  assert.equal(await findingOf(context, `unix:${path}`, tls), 'healthy')
})

test('http: the PROXY header comes before TLS', async (context) => {
  const tlsServer = httpsServer(new Set())
  const headers = new Set<string>()
  const server = createTcpServer((socket) => {
    socket.on('error', () => {})
    socket.once('data', (bytes) => {
      const end = bytes.indexOf('\n') + 1
      headers.add(bytes.toString('latin1', 0, end))
      socket.pause()
      if (end < bytes.length) socket.unshift(bytes.subarray(end))
      tlsServer.emit('connection', socket)
    })
  })
  const port = await portOf(context, server)
  const tls = { ca: cert, serverName: 'here.test' }
  const more = { proxyProtocol: 'v1' }
  assert.equal(await findingOf(context, `127.0.0.1:${port}`, tls, more), 'healthy')
  assert.deepEqual([...headers], ['PROXY UNKNOWN\r\n'])
})

test('dubbo: heartbeats are sent by TLS', async (context) => {
  const pem = { cert: readFileSync(cert), key: readFileSync(key) }
  const server = createTlsServer(pem, (socket) => {
    socket.on('error', () => {})
    socket.once('data', (request) => {
      const answer = Buffer.from(request)
      answer.writeUInt8(0x22, 2)
      answer.writeUInt8(20, 3)
      socket.write(answer)
    })
  })
  const port = await portOf(context, server)
  const tls = { ca: cert, serverName: 'here.test' }
  const more = { health: { ...PROBES, path: undefined, type: 'dubbo' } }
  assert.equal(await findingOf(context, `127.0.0.1:${port}`, tls, more), 'healthy')
})

test('tcp: an endpoint is well if it accepts a connection', async (context) => {
  const port = await portOf(
    context,
    createTcpServer((socket) => socket.on('error', () => {})),
  )
  const more = { health: { ...PROBES, path: undefined, type: 'tcp' } }
  assert.equal(await findingOf(context, `127.0.0.1:${port}`, {}, more), 'healthy')
})
