import { performance } from 'node:perf_hooks'

/** How often the delay is measured. */
const SAMPLE_MS = 20
/** So many samples in a row make a standing delay: 100 ms, the interval of CoDel. */
const SAMPLES = 5

/**
 * Measures how late the event loop of this thread is: not for a moment, but at every turn of 100 ms.
 * That the *least* delay of an interval counts is CoDel's idea (RFC 8289 §3.2): a burst passes, a
 * standing queue does not.
 */
export class LoadMonitor {
  readonly #now: () => number
  readonly #delays = new Float64Array(SAMPLES)
  #at = 0
  #timer: NodeJS.Timeout | undefined
  #expected = 0
  /** The least delay of the last interval, in milliseconds. */
  standingDelayMs = 0

  /** `now` is a monotonic clock in milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  start(): void {
    this.#expected = this.#now() + SAMPLE_MS
    this.#timer ??= setInterval(() => this.#sample(), SAMPLE_MS).unref()
  }

  stop(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #sample(): void {
    const now = this.#now()
    this.#delays[this.#at++ % SAMPLES] = Math.max(0, now - this.#expected)
    this.standingDelayMs = Math.min(...this.#delays)
    this.#expected = now + SAMPLE_MS
  }
}

const ofThisThread = new LoadMonitor()

/** The monitor of this thread, which runs from the first call on: all its programs share it. */
export function threadLoad(): LoadMonitor {
  ofThisThread.start()
  return ofThisThread
}
