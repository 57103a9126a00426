import { type Event, MESSAGE_ENDED, MessageStart, SESSION_END } from '../engine/event.ts'
import type { Sink } from '../engine/filter.ts'
import type { Layout } from '../engine/layout.ts'
import type { Session } from '../engine/session.ts'

/** A run that takes so long while others are due is reported, once. */
const REPORT_AFTER_MS = 10_000

/**
 * Runs one task of a program, now and then at an interval. A run ends when its pipeline puts out
 * `SessionEnd`; one that is due before that is left out. What a run owns (connections, forks) lives
 * until the next begins.
 *
 *     Resting -> Running     a run is due
 *     Running -> Resting     its pipeline has put out SessionEnd
 *     any     -> Stopped     stop(); a run in progress may end by itself
 */
export class TaskRunner implements Sink {
  readonly #layout: Layout
  readonly #intervalMs: number
  readonly #onEnd: () => void
  #timer: NodeJS.Timeout | null = null
  #session: Session | null = null
  #isRunning = false
  #isStopped = false
  /** Runs left out since the one in progress began. */
  #skipped = 0
  #isReported = false

  /** `onEnd` is called whenever a run has ended. */
  constructor(layout: Layout, intervalMs: number, onEnd: () => void) {
    this.#layout = layout
    this.#intervalMs = intervalMs
    this.#onEnd = onEnd
  }

  /** Whether a run is in progress that has not been found to never end. */
  get isBusy(): boolean {
    return this.#isRunning && !this.#isReported
  }

  start(): void {
    this.#timer = setInterval(() => this.#tick(), this.#intervalMs)
    this.#tick()
  }

  /** Begins no other run. */
  stop(): void {
    this.#isStopped = true
    if (this.#timer !== null) clearInterval(this.#timer)
    this.#timer = null
    if (!this.isBusy) this.#free()
  }

  /** Begins no other run and ends the one in progress. */
  end(): void {
    this.stop()
    this.#isRunning = false
    this.#free()
  }

  process(event: Event): void {
    if (event.kind !== SESSION_END || !this.#isRunning) return
    this.#isRunning = false
    if (this.#isStopped) this.#free()
    this.#onEnd()
  }

  #tick(): void {
    if (this.#isRunning) return this.#skip()
    this.#free()
    this.#isRunning = true
    this.#skipped = 0
    this.#isReported = false
    const { runtime } = this.#layout
    const session = this.#layout.spawn(runtime.createContext(null), null, this)
    this.#session = session
    session.process(new MessageStart())
    session.process(MESSAGE_ENDED)
    runtime.sockets.settle()
  }

  #skip(): void {
    this.#skipped++
    const elapsed = this.#skipped * this.#intervalMs
    if (this.#isReported || elapsed < REPORT_AFTER_MS) return
    this.#isReported = true
    const { name, runtime } = this.#layout
    runtime.log.error(
      `[task] ${name} has not ended for ${Math.round(elapsed / 1000)} s: ` +
        'it runs again only after its pipeline has put out SessionEnd',
    )
  }

  #free(): void {
    this.#session?.free()
    this.#session = null
  }
}
