import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { type TestContext, test } from 'node:test'
import { Orchestrator } from '../../src/orchestrator/orchestrator.ts'
import { loadScript } from '../../src/program/load-script.ts'
import { temporaryScript } from '../support/temporary-script.ts'

async function start(context: TestContext, workers: number): Promise<[Orchestrator, number]> {
  const result = loadScript(temporaryScript(context, "pipy().listen(0, { host: '127.0.0.1' })"))
  assert.ok(result.isGood)
  const options = { workers, workerMemoryMb: 64, logLevel: 'error' } as const
  const orchestrator = new Orchestrator(result.spec, options)
  context.after(() => orchestrator.stop())
  await orchestrator.start()
  return [orchestrator, Number(orchestrator.addresses[0]?.split(':')[1])]
}

async function open(context: TestContext, port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1')
  context.after(() => socket.destroy())
  await once(socket, 'connect')
  return socket
}

async function echo(socket: Socket, text: string): Promise<void> {
  socket.write(text)
  const [data] = await once(socket, 'data')
  assert.equal(String(data), text)
}

test('every connection is served while the number of workers changes', async (context) => {
  const [orchestrator, port] = await start(context, 1)
  for (const workers of [3, 1, 4, 2]) {
    const resizing = orchestrator.resize(workers)
    // Enough to reach every socket, also those whose worker is just coming or going.
    const sockets = await Promise.all(Array.from({ length: 24 }, () => open(context, port)))
    await Promise.all(sockets.map((socket) => echo(socket, `${workers} workers`)))
    for (const socket of sockets) socket.destroy()
    await resizing
    assert.equal(orchestrator.workers, workers)
  }
})

test('a worker that is not needed any more finishes its sessions', async (context) => {
  const [orchestrator, port] = await start(context, 3)
  const sockets = await Promise.all(Array.from({ length: 24 }, () => open(context, port)))
  await Promise.all(sockets.map((socket) => echo(socket, 'before')))
  await orchestrator.resize(1)
  await Promise.all(sockets.map((socket) => echo(socket, 'after')))
})
