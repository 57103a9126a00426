import { performance } from 'node:perf_hooks'
import { Worker } from 'node:worker_threads'
import { logger } from '../observability/logger.ts'
import type { MetricsPlan } from '../observability/metrics/metrics-plan.ts'
import type { SpanPiece } from '../observability/tracing/span-record.ts'
import type { ProgramSpec } from '../program/spec.ts'
import type {
  FlowMessage,
  ListenerFd,
  MessageFromWorker,
  MessageToWorker,
  WorkerCounts,
  WorkerSetup,
} from '../worker/messages.ts'
import { BackOff } from './back-off.ts'
import { returnToProgramFolder } from './program-folder.ts'

/**
 * Many new connections at once make V8 grow the young generation far beyond what pays: objects
 * either die within a batch or live as long as their connection.
 */
const YOUNG_GENERATION_MB = 3
/**
 * A worker that does not accept by then is ended and counted as dead. A start takes a tenth of a second;
 * on a machine with ten times more to do than it can, that has taken ten.
 */
const START_TIMEOUT_MS = 30_000
/** A worker that has not built another program by then counts as unable to. */
const BUILD_TIMEOUT_MS = 30_000
/** A worker that is busy for longer is left out of the counts. */
const COUNT_TIMEOUT_MS = 1000
/** A worker has missed so many pings when its time is over: a stopped process costs only one. */
const PINGS = 4

// Resolves in dist/src as well as in dist/bundle, see scripts/setup.mjs.
const WORKER_ENTRY = new URL('../worker/main.js', import.meta.url)

export interface WorkerSlotOptions {
  slot: number
  /** Where it counts connections to endpoints; that of a slot that is about to end is not free yet. */
  seat?: number
  /** The file that threads run, for tests. */
  entry?: URL
  workerMemoryMb: number
  /** A worker that answers nothing for so long is ended; 0 waits for ever. */
  hangTimeoutMs: number
  /** Makes what each thread of this slot starts with. */
  setup: () => WorkerSetup
  /** Called after every change of `state` or `active`. */
  onChange: () => void
  /** Called with the number of each thread that has ended. */
  onExit?: (threadId: number) => void
  /** Called with an errno when the worker runs out of descriptors or memory, with 0 when that is over. */
  onShortage?: (errno: number) => void
  /** Called with what the worker tells of its sessions. */
  onFlow?: (message: FlowMessage) => void
  /** Called with spans of traced requests. */
  onSpans?: (piece: SpanPiece) => void
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
  readonly seat: number
  /** Sessions left while draining. */
  active = 0
  /** Whether a draining worker has taken its listeners out of its reactor. */
  hasStoppedAccepting = false
  /** How the last thread ended, in one line. */
  lastError = ''
  /** Threads that have died, without being told to end. */
  deaths = 0
  /** Why the last of them did. */
  lastDeath = ''
  /** The last reload whose program the current thread has built. */
  builtGeneration = 0
  readonly #options: WorkerSlotOptions
  readonly #backOff = new BackOff()
  #state: WorkerState = 'Waiting'
  #thread: Worker | undefined
  #timer: NodeJS.Timeout | undefined
  #startedAt = 0
  /** Whether the current thread, or any before it, has ever accepted. */
  #hasAccepted = false
  /** Pings without an answer. */
  #missed = 0
  #pinger: NodeJS.Timeout | undefined
  readonly #questions = new Set<Question>()

  constructor(options: WorkerSlotOptions) {
    this.slot = options.slot
    this.seat = options.seat ?? options.slot
    this.#options = options
    this.#start()
  }

  get state(): WorkerState {
    return this.#state
  }

  post(message: MessageToWorker): void {
    this.#thread?.postMessage(message)
  }

  /** Makes another program beside the running one; returns what is wrong with it. */
  async build(
    generation: number,
    spec: ProgramSpec,
    plan: MetricsPlan | undefined,
  ): Promise<string[]> {
    const message: MessageToWorker = { type: 'build', generation, spec, plan }
    const answer = await this.#ask(message, 'built', BUILD_TIMEOUT_MS)
    if (answer?.type !== 'built') return [`worker ${this.slot} did not build the program`]
    if (answer.errors.length === 0) this.builtGeneration = generation
    return answer.errors
  }

  /** Lets new connections enter the program that was built; resolves when it is so. */
  async switch(generation: number, listeners: ListenerFd[]): Promise<void> {
    await this.#ask({ type: 'switch', generation, listeners }, 'switched')
  }

  /** What the worker has at the moment; undefined if it has no time to tell. */
  async count(): Promise<WorkerCounts | undefined> {
    const answer = await this.#ask({ type: 'count' }, 'counted', COUNT_TIMEOUT_MS)
    return answer?.type === 'counted' ? answer.counts : undefined
  }

  /** Starts over what has not accepted yet: what it was started with is out of date. */
  renew(): void {
    const thread = this.#thread
    if (this.#state !== 'Starting' || thread === undefined) return
    clearTimeout(this.#timer)
    this.#thread = undefined
    void thread.terminate()
    this.#restart()
  }

  /**
   * Stops accepting and finishes open sessions; `active` tells how many are left. With `isPatient`,
   * idle connections may make one more request; a later call can take that back.
   */
  drain(isPatient: boolean): void {
    if (this.#state === 'Stopped') return
    if (this.#state === 'Draining') {
      this.post({ type: 'drain', isPatient })
      return
    }
    if (this.#thread === undefined) {
      this.stop()
      return
    }
    clearTimeout(this.#timer)
    clearInterval(this.#pinger)
    this.active = 1 // until the worker says better
    this.post({ type: 'drain', isPatient })
    this.#enter('Draining')
  }

  /** Ends the thread at once. */
  stop(): void {
    clearTimeout(this.#timer)
    const thread = this.#thread
    this.#thread = undefined
    this.active = 0
    this.hasStoppedAccepting = true
    this.#endThread()
    this.#enter('Stopped')
    void thread?.terminate()
  }

  #start(): void {
    returnToProgramFolder()
    const thread = new Worker(this.#options.entry ?? WORKER_ENTRY, {
      workerData: this.#options.setup(),
      name: `worker ${this.slot}`,
      resourceLimits: {
        maxOldGenerationSizeMb: this.#options.workerMemoryMb,
        maxYoungGenerationSizeMb: YOUNG_GENERATION_MB,
      },
      trackUnmanagedFds: false,
    })
    thread.on('message', (message: MessageFromWorker) => this.#receive(thread, message))
    thread.on('error', (error) => {
      this.lastError = describe(error)
    })
    const { threadId } = thread
    thread.on('exit', (code) => {
      this.#options.onExit?.(threadId)
      this.#onExit(thread, code)
    })
    this.#thread = thread
    this.builtGeneration = 0
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
        this.#watch(thread)
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
      case 'shortage':
        this.#options.onShortage?.(message.errno)
        return
      case 'flow':
      case 'tapped':
        this.#options.onFlow?.(message)
        return
      case 'spans':
        this.#options.onSpans?.(message.piece)
        this.post({ type: 'spansTaken' })
        return
      case 'pong':
        this.#missed = 0
        return
      default:
        for (const question of this.#questions) {
          if (question.type === message.type) question.answer(message)
        }
    }
  }

  /** Resolves with undefined when the time is over or the thread has ended. */
  #ask(
    message: MessageToWorker,
    type: MessageFromWorker['type'],
    timeoutMs?: number,
  ): Promise<MessageFromWorker | undefined> {
    if (this.#thread === undefined) return Promise.resolve(undefined)
    return new Promise((resolve) => {
      const question: Question = {
        type,
        answer: (answer) => {
          clearTimeout(timer)
          this.#questions.delete(question)
          resolve(answer)
        },
      }
      const timer =
        timeoutMs === undefined
          ? undefined
          : setTimeout(() => question.answer(undefined), timeoutMs)
      this.#questions.add(question)
      this.post(message)
    })
  }

  #watch(thread: Worker): void {
    const { hangTimeoutMs } = this.#options
    this.#missed = 0
    if (hangTimeoutMs === 0) return
    this.#pinger = setInterval(() => {
      if (this.#missed++ < PINGS) return this.post({ type: 'ping' })
      clearInterval(this.#pinger)
      const seconds = hangTimeoutMs / 1000
      this.lastError = `did not answer for ${seconds} s: is there an endless loop?`
      void thread.terminate()
    }, hangTimeoutMs / PINGS)
  }

  /** What was asked of the thread is answered by nobody. */
  #endThread(): void {
    clearInterval(this.#pinger)
    for (const question of this.#questions) question.answer(undefined)
  }

  #giveUp(thread: Worker): void {
    this.lastError = `did not start within ${START_TIMEOUT_MS / 1000} s`
    void thread.terminate()
  }

  #onExit(thread: Worker, code: number): void {
    if (thread !== this.#thread) return
    this.#thread = undefined
    clearTimeout(this.#timer)
    this.#options.onShortage?.(0)
    this.#endThread()
    if (this.#state === 'Draining') {
      this.stop()
      return
    }
    if (this.lastError === '') this.lastError = `exited with code ${code}`
    this.deaths++
    this.lastDeath = this.lastError
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

/** An answer that is awaited from the thread. */
interface Question {
  readonly type: MessageFromWorker['type']
  answer(message: MessageFromWorker | undefined): void
}

function describe(error: Error): string {
  const isOutOfMemory = 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
  if (isOutOfMemory) return 'out of memory'
  return error.stack ?? String(error)
}
