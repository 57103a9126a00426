import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer, get, type IncomingMessage } from 'node:http'
import { createServer as createTcpServer } from 'node:net'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { type TestContext, test } from 'node:test'
import { closeFd, localAddress, openListener } from '../../src/native/addon.ts'
import { type SluiceProcess, startSluice } from '../support/sluice-process.ts'
import { temporaryFolder } from '../support/temporary-script.ts'

/** What a service manager does: opens a socket that outlives the processes it is passed to. */
function openSocket(context: TestContext, path = ''): { fd: number; port: number } {
  const fd = openListener({ host: '127.0.0.1', path })
  context.after(() => closeFd(fd))
  return { fd, port: localAddress(fd).port }
}

async function startUpstream(context: TestContext): Promise<string> {
  const server = createServer((_, response) => response.end('hello'))
  context.after(() => server.close().closeAllConnections())
  await once(server.listen(0, '127.0.0.1'), 'listening')
  const address = server.address()
  assert.ok(address !== null && typeof address === 'object')
  return `127.0.0.1:${address.port}`
}

async function fetchText(options: { port: number } | { socketPath: string }): Promise<string> {
  const request = get({ host: '127.0.0.1', agent: false, ...options })
  const [response] = (await once(request, 'response')) as [IncomingMessage]
  let text = ''
  for await (const piece of response) text += piece
  return text
}

function startWith(
  context: TestContext,
  args: string[],
  sockets: number[],
  names = '',
): SluiceProcess {
  return startSluice(context, args, { LISTEN_FDNAMES: names }, sockets)
}

test('a listener takes the inherited socket of its address', async (context) => {
  const { fd, port } = openSocket(context)
  const upstream = await startUpstream(context)
  const args = ['lb', '--listen', `127.0.0.1:${port}`, '--to', upstream, '--workers', '2']
  const sluice = startWith(context, args, [fd])
  assert.deepEqual(await sluice.ports(), [port])
  assert.equal(await fetchText({ port }), 'hello')
})

test('a listener takes the inherited socket of its name', async (context) => {
  const { fd, port } = openSocket(context)
  const config = join(temporaryFolder(context), 'lb.yaml')
  writeFileSync(
    config,
    `listeners: [{ name: web, address: 8080, upstream: app }]
upstreams: { app: { endpoints: [{ address: '${await startUpstream(context)}' }] } }
process: { workers: 1 }
`,
  )
  const sluice = startWith(context, [config], [fd], 'web')
  assert.deepEqual(await sluice.ports(), [port])
  assert.equal(await fetchText({ port }), 'hello')
})

test('an inherited socket that no listener takes is told of', async (context) => {
  const { fd, port } = openSocket(context)
  const args = ['lb', '--listen', '127.0.0.1:0', '--to', await startUpstream(context)]
  const sluice = startWith(context, args, [fd])
  const line = await sluice.line(
    /\[warning\] \[listener\] no listener takes the inherited socket (.*)/,
  )
  assert.equal(line[1], `127.0.0.1:${port}`)
})

test('an inherited Unix socket stays when the process ends', async (context) => {
  const path = join(temporaryFolder(context), 'web.sock')
  const { fd } = openSocket(context, path)
  const args = ['lb', '--listen', `unix:${path}`, '--to', await startUpstream(context)]
  for (const _ of ['first', 'second']) {
    const sluice = startWith(context, [...args, '--workers', '1'], [fd])
    await sluice.line(/Listening on unix:/)
    assert.equal(await fetchText({ socketPath: path }), 'hello')
    sluice.signal('SIGTERM')
    assert.equal((await sluice.exit()).status, 0)
  }
})

test('a new process takes over from the old one and no request fails', async (context) => {
  const { fd, port } = openSocket(context)
  const upstream = await startUpstream(context)
  const args = ['lb', '--listen', `127.0.0.1:${port}`, '--to', upstream, '--workers', '2']
  let sluice = startWith(context, args, [fd])
  await sluice.ports()
  let isOver = false
  let answers = 0
  const ask = async (): Promise<void> => {
    while (!isOver) {
      assert.equal(await fetchText({ port }), 'hello')
      answers++
    }
  }
  const clients = Promise.all([ask(), ask(), ask(), ask()])
  for (let upgrade = 0; upgrade < 3; upgrade++) {
    const next = startWith(context, args, [fd])
    await next.ports()
    sluice.signal('SIGTERM')
    assert.equal((await sluice.exit()).status, 0)
    sluice = next
  }
  isOver = true
  await clients
  assert.ok(answers > 0)
})

test('connections wait while no process is there', async (context) => {
  const { fd, port } = openSocket(context)
  const args = ['lb', '--listen', `127.0.0.1:${port}`, '--to', await startUpstream(context)]
  const waiting = fetchText({ port })
  const sluice = startWith(context, [...args, '--workers', '1'], [fd])
  await sluice.ports()
  assert.equal(await waiting, 'hello')
})

test('variables of another process are none of ours', async (context) => {
  const upstream = await startUpstream(context)
  const script = join(temporaryFolder(context), 'main.js')
  writeFileSync(
    script,
    `pipy().listen(0, { host: '127.0.0.1' }).decodeHttpRequest().replaceMessage(
      () => new Message(JSON.stringify(os.env.LISTEN_FDS ?? 'none'))
    ).encodeHttpResponse()`,
  )
  assert.ok(upstream)
  const { fd } = openSocket(context)
  const sluice = startWith(context, [script], [fd])
  const [port = 0] = await sluice.ports()
  assert.equal(await fetchText({ port }), '"none"')
})

test('a descriptor that is no listening socket is named', async (context) => {
  const server = createTcpServer()
  await once(server.listen(0, '127.0.0.1'), 'listening')
  context.after(() => server.close())
  const sluice = startWith(context, ['lb', '--listen', '0', '--to', '127.0.0.1:1'], [1])
  const { status, stderr } = await sluice.exit()
  assert.equal(status, 1)
  assert.match(stderr, /descriptor 3 of LISTEN_FDS is no listening stream socket/)
})

/** Prints each datagram that a Unix socket gets; Node has none of those. */
const RECEIVER = `
import socket, sys
one = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
one.bind(sys.argv[1])
print('bound', flush=True)
while True: print(one.recv(4096).decode().replace('\\n', ' '), flush=True)
`

test('tells the service manager what it does', async (context) => {
  const folder = temporaryFolder(context)
  const path = join(folder, 'notify.sock')
  const receiver = spawn('python3', ['-c', RECEIVER, path], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  context.after(() => receiver.kill())
  const lines = createInterface(receiver.stdout)[Symbol.asyncIterator]()
  const next = async (): Promise<string> => String((await lines.next()).value)
  assert.equal(await next(), 'bound')
  const script = join(folder, 'main.js')
  writeFileSync(script, `pipy().listen(0, { host: '127.0.0.1' })`)
  const environment = { NOTIFY_SOCKET: path, WATCHDOG_USEC: '2000000' }
  const sluice = startSluice(context, [script], environment)
  assert.match(await next(), /^READY=1 MAINPID=\d+$/)
  assert.equal(await next(), 'WATCHDOG=1')
  sluice.signal('SIGHUP')
  const untilReady = async (): Promise<string[]> => {
    const found: string[] = []
    while (!found.at(-1)?.startsWith('READY=1')) found.push(await next())
    return found.filter((line) => line !== 'WATCHDOG=1')
  }
  const [reloading] = await untilReady()
  assert.match(String(reloading), /^RELOADING=1 MONOTONIC_USEC=\d+$/)
  sluice.signal('SIGTERM')
  let last = await next()
  while (last === 'WATCHDOG=1') last = await next()
  assert.equal(last, 'STOPPING=1')
})
