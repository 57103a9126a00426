import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { type SluiceProcess, startSluice } from '../support/sluice-process.ts'
import { temporaryScript } from '../support/temporary-script.ts'

/** One port echoes; the worker that gets data on the other runs out of memory. */
const SCRIPT = `
pipy({
  _kept: [],
  _grow: () => new Array(1000).fill(0).map(() => _kept.push(new Array(1000000).fill(1))),
})
.listen(0, { host: '127.0.0.1' })
.listen(0, { host: '127.0.0.1' })
  .onSessionStart(() => _grow())
`

const DEATH = /\[error\] \[worker\] Worker (\d) died: out of memory; replacing it/g

interface Rig {
  sluice: SluiceProcess
  port: number
  deathPort: number
}

async function start(context: TestContext, workers: number): Promise<Rig> {
  const file = temporaryScript(context, SCRIPT)
  const options = ['--workers', String(workers), '--worker-memory', '64']
  const sluice = startSluice(context, [file, ...options])
  const [port = 0, deathPort = 0] = await sluice.ports(2)
  return { sluice, port, deathPort }
}

async function open(context: TestContext, port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  context.after(() => socket.destroy())
  await once(socket, 'connect')
  return socket
}

/** Sends a text and waits for its echo; fails when the connection is closed instead. */
async function echo(socket: Socket, text: string): Promise<void> {
  socket.write(text)
  const closed = new AbortController()
  const onClose = (): void => closed.abort()
  socket.once('close', onClose)
  const [data] = await once(socket, 'data', { signal: closed.signal })
  socket.off('close', onClose)
  assert.equal(String(data), text)
}

function deaths({ stdout }: SluiceProcess): number {
  return [...stdout.matchAll(DEATH)].length
}

/** Kills the worker that a new connection happens to reach. */
async function kill(context: TestContext, { deathPort, sluice }: Rig): Promise<void> {
  const before = deaths(sluice)
  const socket = await open(context, deathPort)
  socket.on('error', () => {})
  socket.write('die')
  await new Promise((resolve) => socket.once('close', resolve))
  await sluice.until(() => deaths(sluice) > before, 'notice that a worker has died')
}

test('a connection that arrives while the only worker is down is served', async (context) => {
  const rig = await start(context, 1)
  await kill(context, rig)
  const startedAt = performance.now()
  await echo(await open(context, rig.port), 'hello')
  assert.ok(performance.now() - startedAt < 1000)
})

test('connections of other workers go on', async (context) => {
  const rig = await start(context, 2)
  // Enough that both workers have some, whatever the kernel's hash says.
  const sockets = await Promise.all(Array.from({ length: 32 }, () => open(context, rig.port)))
  const closed = new Set<Socket>()
  for (const socket of sockets) {
    await echo(socket, 'a')
    socket.on('error', () => {})
    socket.on('close', () => closed.add(socket))
  }
  await kill(context, rig)
  const living = sockets.filter((socket) => !closed.has(socket))
  const answers = living.map((socket) => echo(socket, 'b').then(() => true))
  const results = await Promise.allSettled(answers)
  assert.ok(results.filter(({ status }) => status === 'fulfilled').length > 0)
})

test('others accept for a worker that keeps dying', async (context) => {
  const rig = await start(context, 2)
  for (let i = 0; i < 8; i++) await kill(context, rig)
  // Some of these land on sockets whose worker waits for its back-off.
  const sockets = await Promise.all(Array.from({ length: 16 }, () => open(context, rig.port)))
  await Promise.all(sockets.map((socket) => echo(socket, 'hello')))
  rig.sluice.signal('SIGTERM')
  for (const socket of sockets) socket.destroy()
  assert.equal((await rig.sluice.exit()).status, 0)
})
