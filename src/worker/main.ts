/**
 * A worker thread: runs one program on its own reactor and accepts from the sockets it is given.
 * Loaded only as the entry of a `Worker`, which the orchestrator starts by URL.
 */
import { parentPort, workerData } from 'node:worker_threads'
import { pinThread } from '../native/addon.ts'
import { createReactor } from '../native/reactor.ts'
import { configureLogger, logger } from '../observability/logger.ts'
import type { MetricsPlan } from '../observability/metrics/metrics-plan.ts'
import { WORKER_FIELDS } from '../observability/metrics/worker-fields.ts'
import type { ProgramSpec } from '../program/spec.ts'
import { LogFiles } from './log-files.ts'
import type { MessageFromWorker, MessageToWorker, WorkerSetup } from './messages.ts'
import { Programs } from './programs.ts'
import { ShortageWatch } from './shortage-watch.ts'
import { SpanSender } from './span-sender.ts'
import { startWorkerMetrics } from './worker-metrics.ts'

/** How often a draining worker counts its sessions. */
const DRAIN_COUNT_MS = 50

// The orchestrator is the only one who starts this file, always with a WorkerSetup.
const setup = workerData as WorkerSetup

configureLogger({
  level: setup.logLevel,
  sink: (entries) => send({ type: 'log', entries }),
})

// Before anything is allocated: memory is best near the processor that uses it.
if (setup.processor !== undefined) pinThread(setup.processor)

const shortages = new ShortageWatch((errno) => send({ type: 'shortage', errno }))
const numbers = setup.metrics?.numbers
const logs = new LogFiles((lines) => {
  const at = WORKER_FIELDS.droppedLines
  if (numbers !== undefined) numbers[at] = lines + (numbers[at] ?? 0)
})
const spans = new SpanSender((piece) => send({ type: 'spans', piece }))
const reactor = createReactor({
  // Promises can only come from scripts.
  runsMicrotasks: setup.runsScripts ? 1 : 0,
})
const programs = new Programs({
  reactor,
  log: logger,
  runsTasks: setup.slot === 0,
  shared: setup.shared,
  workers: setup.workers,
  endpoints: setup.endpoints && { memory: setup.endpoints, seat: setup.seat },
  rates: setup.rates,
  onShortage: (errno) => shortages.happened(errno),
  observation: { numbers, logs, spans },
  tell: send,
})
/** It has been told to end; it may be told again, with less patience. */
let isDraining = false
await programs.start(setup.spec, setup.listeners, setup.metrics?.plan)
if (numbers !== undefined) startWorkerMetrics(numbers, reactor, () => programs.writePolicies())

parentPort?.on('message', receive)
send({ type: 'ready' })

function receive(message: MessageToWorker): void {
  switch (message.type) {
    case 'adopt':
      programs.accept(message.listeners)
      break
    case 'release':
      programs.release(message.listeners)
      break
    case 'takeOver':
      programs.takeOver(message.row, message.count)
      break
    case 'drain':
      void drain(message.isPatient)
      break
    case 'build':
      void build(message.generation, message.spec, message.plan)
      break
    case 'discard':
      programs.discard(message.generation)
      break
    case 'switch':
      programs.switch(message.generation, message.listeners)
      send({ type: 'switched', generation: message.generation })
      break
    case 'workers':
      programs.setWorkers(message.workers)
      break
    case 'count':
      send({ type: 'counted', counts: programs.counts() })
      break
    case 'reopen':
      logs.reopen()
      break
    case 'spansTaken':
      spans.taken()
      break
    case 'watch':
      programs.watch(message.wanted, message.taps)
      break
    case 'ping':
      send({ type: 'pong' })
      break
  }
}

async function build(
  generation: number,
  spec: ProgramSpec,
  plan: MetricsPlan | undefined,
): Promise<void> {
  const errors: string[] = []
  try {
    await programs.prepare(generation, spec, plan)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    errors.push(spec.kind === 'script' ? `[pjs] Error: ${reason}` : reason)
  }
  send({ type: 'built', generation, errors })
}

async function drain(isPatient: boolean): Promise<void> {
  programs.drain(isPatient)
  if (isDraining) return
  isDraining = true
  programs.stopAccepting()
  let active = programs.active()
  // The thread may be ended as soon as nothing is left: what is logged has to be written before.
  const report = async (): Promise<void> => {
    if (active === 0) {
      spans.finish()
      await logs.finish()
      logger.flush()
    }
    send({ type: 'draining', active })
  }
  await report()
  send({ type: 'stopped' })
  setInterval(() => {
    const now = programs.active()
    if (now === active) return
    active = now
    void report()
  }, DRAIN_COUNT_MS)
}

function send(message: MessageFromWorker): void {
  parentPort?.postMessage(message)
}
