import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { createServer as createHttpServer, request, type Server } from 'node:http'
import { type AddressInfo, connect, createServer, type Socket } from 'node:net'
import type { Readable, Writable } from 'node:stream'
import type { TestContext } from 'node:test'
import { connect as connectTls, createServer as createTlsServer } from 'node:tls'
import type { CertificateFiles } from './certificate.ts'
import { STREAM_SIZE } from './checked-stream.ts'

/** What the peers speak: `chunked` and `length` are HTTP/1.1 with that framing of the body. */
export type Protocol = 'tcp' | 'chunked' | 'length'

/** What goes on between the proxy and its two peers. */
export interface Exchange {
  readonly protocol: Protocol
  readonly way: 'upload' | 'download'
  /** Which of the peers speaks TLS, with the certificate in these files. */
  readonly tls?: 'client' | 'upstream'
}

/** Ends of a connection, neither of which is read before somebody asks for its bytes. */
export interface Peer {
  readonly sender: Promise<Writable>
  readonly receiver: Promise<Readable>
}

/** A client of the proxy; sends no more than what makes the upstream begin, if it downloads. */
export function startClient(
  context: TestContext,
  { protocol, way, tls }: Exchange,
  port: number,
): Peer {
  const where = { host: '127.0.0.1', port }
  if (protocol === 'tcp') {
    const socket =
      tls === 'client' ? connectTls({ ...where, rejectUnauthorized: false }) : connect(where)
    socket.on('error', () => undefined)
    context.after(() => socket.destroy())
    if (way === 'download') socket.write('go')
    return { sender: Promise.resolve(socket), receiver: Promise.resolve(socket) }
  }
  const method = way === 'upload' ? 'PUT' : 'GET'
  const headers = way === 'upload' ? framing(protocol) : {}
  const exchange = request({ ...where, method, headers, agent: false })
  context.after(() => exchange.destroy())
  if (way === 'download') exchange.end()
  const receiver = once(exchange, 'response').then(([response]) => response as Readable)
  exchange.on('error', () => undefined)
  return { sender: Promise.resolve(exchange), receiver }
}

/** An upstream that is asked once. */
export async function startUpstream(
  context: TestContext,
  { protocol, way, tls }: Exchange,
  files: CertificateFiles,
): Promise<Peer & { readonly address: string }> {
  const server =
    protocol === 'tcp' ? tcpServer(tls === 'upstream' ? files : null) : createHttpServer()
  const sockets: Socket[] = []
  server.on('connection', (socket: Socket) => sockets.push(socket))
  context.after(() => {
    server.close()
    for (const socket of sockets) socket.destroy()
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = `127.0.0.1:${(server.address() as AddressInfo).port}`
  if (protocol === 'tcp') {
    const event = tls === 'upstream' ? 'secureConnection' : 'connection'
    const socket = once(server, event).then(([one]) => one as Socket)
    return { address, sender: socket, receiver: socket }
  }
  const asked = once(server as Server, 'request')
  const sender = asked.then(([, response]) => {
    if (way === 'download') response.writeHead(200, framing(protocol))
    return response as Writable
  })
  return { address, sender, receiver: asked.then(([message]) => message as Readable) }
}

function tcpServer(files: CertificateFiles | null): ReturnType<typeof createServer> {
  if (files === null) return createServer()
  return createTlsServer({ cert: readFileSync(files.cert), key: readFileSync(files.key) })
}

function framing(protocol: Protocol): Record<string, string | number> {
  return protocol === 'length' ? { 'Content-Length': STREAM_SIZE } : {}
}
