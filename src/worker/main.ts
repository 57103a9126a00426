/**
 * A worker thread: runs one program on its own reactor and accepts from the sockets it is given.
 * Loaded only as the entry of a `Worker`, which the orchestrator starts by URL.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { createReactor } from '../native/reactor.ts'
import { configureLogger, logger } from '../observability/logger.ts'
import type { ListenerFd, MessageFromWorker, MessageToWorker, WorkerSetup } from './messages.ts'
import { startProgram } from './program-host.ts'

/** How often a draining worker counts its sessions. */
const DRAIN_COUNT_MS = 50

// The orchestrator is the only one who starts this file, always with a WorkerSetup.
const setup = workerData as WorkerSetup

configureLogger({
  level: setup.logLevel,
  sink: (entries) => send({ type: 'log', entries }),
})

const reactor = createReactor()
/** Listener ids of the reactor by descriptor. */
const listenerIds = new Map<number, number>()
const program = await startProgram(reactor, setup.spec, [], logger, {
  runsTasks: setup.slot === 0,
})
// Not earlier: connections wait in the sockets until there is a program to serve them.
accept(setup.listeners)

parentPort?.on('message', receive)
send({ type: 'ready' })

function receive(message: MessageToWorker): void {
  switch (message.type) {
    case 'adopt':
      accept(message.listeners)
      break
    case 'release':
      for (const { fd } of message.listeners) removeListener(fd)
      break
    case 'drain':
      drain()
      break
  }
}

function accept(listeners: readonly ListenerFd[]): void {
  for (const { index, fd } of listeners) {
    const id = reactor.addListener(fd)
    listenerIds.set(fd, id)
    program.adopt({ index, id })
  }
}

function removeListener(fd: number): void {
  const id = listenerIds.get(fd)
  if (id !== undefined) reactor.removeListener(id)
  listenerIds.delete(fd)
}

function drain(): void {
  for (const fd of [...listenerIds.keys()]) removeListener(fd)
  program.drain()
  let active = program.active()
  send({ type: 'draining', active })
  send({ type: 'stopped' })
  setInterval(() => {
    const now = program.active()
    if (now !== active) send({ type: 'draining', active: now })
    active = now
  }, DRAIN_COUNT_MS)
}

function send(message: MessageFromWorker): void {
  parentPort?.postMessage(message)
}
