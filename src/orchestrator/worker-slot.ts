import { Worker } from 'node:worker_threads'
import { logger } from '../observability/logger.ts'
import type { MessageFromWorker, MessageToWorker, WorkerSetup } from '../worker/messages.ts'
import { BackOff } from './back-off.ts'

/** A worker that does not accept by then is ended and counted as dead. */
const START_TIMEOUT_MS = 10_000

// Resolves in dist/src as well as in dist/bundle, see scripts/setup.mjs.
const WORKER_ENTRY = new URL('../worker/main.js', import.meta.url)

export interface WorkerSlotOptions {
  slot: number
  /** The file that threads run, for tests. */
  entry?: URL
  workerMemoryMb: number
  /** Makes what each thread of this slot starts with. */
  setup: () => WorkerSetup
  /** Called after every change of `state` or `active`. */
  onChange: () => void
}

/**
 * One place for a worker thread, and the threads that hold it one after the other.
 *
 *   Starting -> Ready      the thread accepts
 *   Starting -> Waiting    it died
 *   Ready    -> Waiting    it died
 *   Waiting  -> Starting   the back-off is over, which takes no time at the first death
 *   any      -> Draining   drain()
 *   any      -> Stopped    stop(), or it died while draining
 */
export type WorkerState = 'Starting' | 'Ready' | 'Waiting' | 'Draining' | 'Stopped'

export class WorkerSlot {
  readonly slot: number
  /** Sessions left while draining. */
  active = 0
  /** Whether a draining worker has taken its listeners out of its reactor. */
  hasStoppedAccepting = false
  /** How the last thread ended, in one line. */
  lastError = ''
  readonly #options: WorkerSlotOptions
  readonly #backOff = new BackOff()
  #state: WorkerState = 'Waiting'
  #thread: Worker | undefined
  #timer: NodeJS.Timeout | undefined
  #startedAt = 0
  /** Whether the current thread, or any before it, has ever accepted. */
  #hasAccepted = false

  constructor(options: WorkerSlotOptions) {
    this.slot = options.slot
    this.#options = options
    this.#start()
  }

  get state(): WorkerState {
    return this.#state
  }

  post(message: MessageToWorker): void {
    this.#thread?.postMessage(message)
  }

  /** Stops accepting and finishes open sessions; `active` tells how many are left. */
  drain(): void {
    if (this.#state === 'Draining' || this.#state === 'Stopped') return
    if (this.#thread === undefined) {
      this.stop()
      return
    }
    clearTimeout(this.#timer)
    this.active = 1 // until the worker says better
    this.post({ type: 'drain' })
    this.#enter('Draining')
  }

  /** Ends the thread at once. */
  stop(): void {
    clearTimeout(this.#timer)
    const thread = this.#thread
    this.#thread = undefined
    this.active = 0
    this.hasStoppedAccepting = true
    this.#enter('Stopped')
    void thread?.terminate()
  }

  #start(): void {
    const thread = new Worker(this.#options.entry ?? WORKER_ENTRY, {
      workerData: this.#options.setup(),
      name: `worker ${this.slot}`,
      resourceLimits: { maxOldGenerationSizeMb: this.#options.workerMemoryMb },
      trackUnmanagedFds: false,
    })
    thread.on('message', (message: MessageFromWorker) => this.#receive(thread, message))
    thread.on('error', (error) => {
      this.lastError = describe(error)
    })
    thread.on('exit', (code) => this.#onExit(thread, code))
    this.#thread = thread
    this.#startedAt = performance.now()
    this.#timer = setTimeout(() => this.#giveUp(thread), START_TIMEOUT_MS)
    this.#state = 'Starting' // no onChange: the constructor has not returned yet
  }

  #receive(thread: Worker, message: MessageFromWorker): void {
    if (message.type === 'log') {
      logger.append(message.entries)
      return
    }
    if (thread !== this.#thread) return
    switch (message.type) {
      case 'ready':
        if (this.#state !== 'Starting') return
        clearTimeout(this.#timer)
        this.#hasAccepted = true
        this.#enter('Ready')
        return
      case 'stopped':
        this.hasStoppedAccepting = true
        this.#options.onChange()
        return
      case 'draining':
        this.active = message.active
        this.#options.onChange()
        return
    }
  }

  #giveUp(thread: Worker): void {
    this.lastError = `did not start within ${START_TIMEOUT_MS / 1000} s`
    void thread.terminate()
  }

  #onExit(thread: Worker, code: number): void {
    if (thread !== this.#thread) return
    this.#thread = undefined
    clearTimeout(this.#timer)
    if (this.#state === 'Draining') {
      this.stop()
      return
    }
    if (this.lastError === '') this.lastError = `exited with code ${code}`
    // What cannot even start is not tried again at once.
    let delay = this.#backOff.next(performance.now() - this.#startedAt)
    if (this.#state === 'Starting') delay ||= this.#backOff.next(0)
    if (this.#hasAccepted) this.#logDeath(delay)
    this.#timer = setTimeout(() => this.#restart(), delay)
    this.#enter('Waiting')
  }

  #logDeath(delay: number): void {
    const plan = delay === 0 ? 'now' : `in ${delay} ms`
    logger.error(`[worker] Worker ${this.slot} died: ${this.lastError}; replacing it ${plan}`)
  }

  #restart(): void {
    this.lastError = ''
    this.#start()
    this.#options.onChange()
  }

  #enter(state: WorkerState): void {
    this.#state = state
    this.#options.onChange()
  }
}

function describe(error: Error): string {
  const isOutOfMemory = 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
  if (isOutOfMemory) return 'out of memory'
  return error.stack ?? String(error)
}
