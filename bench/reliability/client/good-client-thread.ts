/** Thread of a client that only does what it may: good requests at a constant rate. */
import { parentPort, workerData } from 'node:worker_threads'
import { build, encodeIntoCompressedBase64, type Histogram } from 'hdr-histogram-js'
import { ClientConnection } from '../../load/traffic/client-connection.ts'
import type {
  FromGoodClient,
  GoodClientTask,
  PhaseFigures,
  ToGoodClient,
} from './good-client-protocol.ts'

/** One of so many requests has a connection of its own, so that accepting is measured too. */
const FRESH_EVERY = 5
/** Idle connections that are kept. */
const KEPT_CONNECTIONS = 16

interface Phase {
  readonly name: string
  sent: number
  failed: number
  firstError: string
  readonly latencies: Histogram
}

const task = workerData as GoodClientTask // good-client.ts is the only one who starts this file
const intervalMs = 1000 / task.rate
const phases: Phase[] = []
const idle: ClientConnection[] = []
let phase = begin('warm-up')
let inFlight = 0
let requests = 0
let due = 0
let timer: NodeJS.Timeout | undefined

parentPort?.on('message', receive)
go()
send({ type: 'sending' })

function receive(message: ToGoodClient): void {
  switch (message.type) {
    case 'phase':
      phase = begin(message.name)
      go()
      break
    case 'rest':
      clearInterval(timer)
      timer = undefined
      // None of ours is there when it is looked at what others have left.
      for (const connection of idle.splice(0)) connection.close()
      if (inFlight === 0) send({ type: 'resting' })
      break
    case 'stop':
      clearInterval(timer)
      for (const connection of idle) connection.close()
      send({ type: 'stopped', phases: phases.map(figuresOf) })
      parentPort?.close()
      break
  }
}

function begin(name: string): Phase {
  const latencies = build({ bitBucketSize: 32, numberOfSignificantValueDigits: 3 })
  const fresh = { name, sent: 0, failed: 0, firstError: '', latencies }
  phases.push(fresh)
  return fresh
}

function go(): void {
  if (timer !== undefined) return
  due = performance.now()
  timer = setInterval(sendDue, 1)
}

function sendDue(): void {
  const now = performance.now()
  while (due <= now) {
    void request(due)
    due += intervalMs
  }
}

/** Sends one request; its latency counts from when it was due, whatever held it up. */
async function request(dueAt: number): Promise<void> {
  const current = phase
  current.sent++
  inFlight++
  const isFresh = requests++ % FRESH_EVERY === 0
  // In turns: one that is not used for a minute would be closed when a request is on its way.
  let connection = isFresh ? undefined : idle.shift()
  let patience: NodeJS.Timeout | undefined
  try {
    const isOver = new Promise<never>((_resolve, reject) => {
      patience = setTimeout(() => reject(new Error('no answer')), task.patienceMs)
    })
    const answered = async (): Promise<void> => {
      connection ??= await ClientConnection.open(task.port, task.path)
      await connection.ask()
    }
    await Promise.race([answered(), isOver])
    current.latencies.recordValue(Math.round((performance.now() - dueAt) * 1000))
    if (connection === undefined) return
    if (isFresh || timer === undefined || idle.length >= KEPT_CONNECTIONS) connection.close()
    else keep(connection)
  } catch (error) {
    current.failed++
    current.firstError ||= error instanceof Error ? error.message : String(error)
    connection?.close()
  } finally {
    clearTimeout(patience)
    inFlight--
    if (inFlight === 0 && timer === undefined) send({ type: 'resting' })
  }
}

function keep(connection: ClientConnection): void {
  idle.push(connection)
  // Closed by the proxy while it is idle: it may do that, and nothing was asked.
  connection.onFailure = () => {
    const at = idle.indexOf(connection)
    if (at >= 0) idle.splice(at, 1)
  }
}

function figuresOf({ latencies, ...rest }: Phase): PhaseFigures {
  return { ...rest, latencies: encodeIntoCompressedBase64(latencies) }
}

function send(message: FromGoodClient): void {
  parentPort?.postMessage(message)
}
