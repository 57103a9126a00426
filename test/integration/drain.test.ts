import assert from 'node:assert/strict'
import { once } from 'node:events'
import {
  Agent,
  createServer,
  get,
  type IncomingMessage,
  type Server,
  type ServerResponse,
} from 'node:http'
import { type AddressInfo, connect } from 'node:net'
import { type TestContext, test } from 'node:test'
import { type SluiceProcess, startSluice } from '../support/sluice-process.ts'

/** A server whose responses wait until they are released, behind a sluice. */
interface Rig {
  sluice: SluiceProcess
  port: number
  /** Resolves with the response of the next request that arrives at the server. */
  arrival: () => Promise<ServerResponse>
}

async function start(context: TestContext, ...options: string[]): Promise<Rig> {
  const server: Server = createServer()
  context.after(() => server.close().closeAllConnections())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port: upstream } = server.address() as AddressInfo
  const args = ['lb', '--listen', '127.0.0.1:0', '--to', `127.0.0.1:${upstream}`, ...options]
  const sluice = startSluice(context, args)
  const [port = 0] = await sluice.ports()
  const arrival = async (): Promise<ServerResponse> => {
    const [, response] = (await once(server, 'request')) as [IncomingMessage, ServerResponse]
    return response
  }
  return { sluice, port, arrival }
}

function request(port: number, agent?: Agent): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    get({ host: '127.0.0.1', port, ...(agent && { agent }) }, resolve).on('error', reject)
  })
}

async function bodyOf(response: IncomingMessage): Promise<string> {
  let text = ''
  for await (const piece of response) text += piece
  return text
}

test('SIGTERM finishes the request in flight and refuses new connections', async (context) => {
  const { sluice, port, arrival } = await start(context, '--workers', '2')
  const agent = new Agent({ keepAlive: true })
  context.after(() => agent.destroy())

  const [held, responding] = [arrival(), request(port, agent)]
  const response = await held
  sluice.signal('SIGTERM')
  await sluice.line(/\[info\] Received SIGTERM, shutting down\.\.\./)
  await sluice.line(/\[info\] Waiting for remaining 1 sessions\.\.\.$/m)
  const [error] = await once(connect(port, '127.0.0.1'), 'error')
  assert.equal(error.code, 'ECONNREFUSED')

  response.end('complete')
  const answer = await responding
  assert.equal(answer.headers.connection, 'close')
  assert.equal(await bodyOf(answer), 'complete')
  const { status, stdout } = await sluice.exit()
  assert.equal(status, 0)
  assert.match(stdout, /\[info\] Stopped\.\n$/)
})

test('idle keep-alive connections do not hold it up', async (context) => {
  const { sluice, port, arrival } = await start(context)
  const agent = new Agent({ keepAlive: true })
  context.after(() => agent.destroy())
  const [held, responding] = [arrival(), request(port, agent)]
  ;(await held).end('a')
  assert.equal(await bodyOf(await responding), 'a')

  sluice.signal('SIGINT')
  const { status, stdout } = await sluice.exit()
  assert.equal(status, 0)
  assert.match(stdout, /Stopped/)
})

test('no client loses a request that crosses the signal', async (context) => {
  const server = createServer((_, response) => response.end('fine'))
  context.after(() => server.close().closeAllConnections())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const { port: upstream } = server.address() as AddressInfo
  const args = ['--listen', '127.0.0.1:0', '--to', `127.0.0.1:${upstream}`, '--workers', '2']
  const sluice = startSluice(context, ['lb', ...args])
  const [port = 0] = await sluice.ports()
  const clients = Array.from({ length: 16 }, () => new TirelessClient(context, port))
  await Promise.all(clients.map(({ served }) => served))
  sluice.signal('SIGTERM')
  const ends = await Promise.all(clients.map(({ end }) => end))
  assert.deepEqual(ends, Array(16).fill('told to close'))
  assert.equal((await sluice.exit()).status, 0)
})

/** Asks as soon as it has an answer, on one connection; a close on a request would be a loss. */
class TirelessClient {
  /** It has had some answers. */
  readonly served: Promise<void>
  readonly end: Promise<string>

  constructor(context: TestContext, port: number) {
    const socket = connect(port, '127.0.0.1').setNoDelay(true).setEncoding('latin1')
    context.after(() => socket.destroy())
    let tellServed = (): void => {}
    let tellEnd = (_: string): void => {}
    this.served = new Promise((resolve) => {
      tellServed = resolve
    })
    this.end = new Promise((resolve) => {
      tellEnd = resolve
    })
    const ask = () => socket.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    let text = ''
    let count = 0
    socket.on('connect', ask)
    socket.on('data', (piece) => {
      text += piece
      if (!text.endsWith('\r\n\r\nfine')) return
      if (++count === 10) tellServed()
      if (/^connection: close\r$/im.test(text)) tellEnd('told to close')
      else ask()
      text = ''
    })
    socket.on('error', ({ message }) => tellEnd(message))
    socket.on('close', () => tellEnd(`closed after "${text}"`))
  }
}

test('the second signal stops at once', async (context) => {
  const { sluice, port, arrival } = await start(context)
  const [held, responding] = [arrival(), request(port).catch((error) => error.code)]
  await held
  sluice.signal('SIGINT')
  await sluice.line(/Waiting for remaining 1 sessions\.\.\. Press Ctrl-C again/)
  sluice.signal('SIGINT')
  const { status, stdout } = await sluice.exit()
  assert.equal(status, 0)
  assert.match(stdout, /Forcing to shut down\.\.\./)
  assert.equal(await responding, 'ECONNRESET')
})

test('--drain-timeout ends the wait', async (context) => {
  const { sluice, port, arrival } = await start(context, '--drain-timeout', '300ms')
  const [held, responding] = [arrival(), request(port).catch((error) => error.code)]
  await held
  sluice.signal('SIGTERM')
  const { status, stdout } = await sluice.exit()
  assert.equal(status, 0)
  assert.match(stdout, /Time is over: 1 sessions are cut off/)
  assert.equal(await responding, 'ECONNRESET')
})
