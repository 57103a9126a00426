import { performance } from 'node:perf_hooks'

/** Requests of which the unused part of the budget is kept. */
const KEPT_REQUESTS = 1000
/** Credits that one retry costs: whole numbers, so that shares add up. */
const RETRY = 1000

/**
 * Says whether one more retry is fair: there may be so many per request, and always a few per
 * second. When everything fails, the endpoints get hardly more traffic than without retries. (The
 * token bucket of Finagle's `RetryBudget`; what is kept is bounded in requests, not in time, so that
 * a request that goes well costs one addition.)
 */
export class RetryBudget {
  /** Credits per request. */
  readonly #credits: number
  readonly #perSecond: number
  readonly #now: () => number
  /** Credits that requests have earned. */
  #earned = 0
  /** Retries that are left of those allowed per second. */
  #free: number
  #freeAt: number
  /** Retries that were refused. */
  refused = 0

  /** `now` is a monotonic clock in milliseconds. */
  constructor(ratio: number, perSecond: number, now: () => number = () => performance.now()) {
    this.#credits = Math.round(ratio * RETRY)
    this.#perSecond = perSecond
    this.#now = now
    this.#free = perSecond
    this.#freeAt = now()
  }

  /** Retries that would be allowed at once. */
  get left(): number {
    this.#refill()
    return Math.floor(this.#earned / RETRY) + Math.floor(this.#free)
  }

  /** A request has come. */
  earn(): void {
    const earned = this.#earned + this.#credits
    const most = this.#credits * KEPT_REQUESTS
    this.#earned = Math.min(earned, most)
  }

  /** Takes one retry, if there is one left. */
  take(): boolean {
    this.#refill()
    if (this.#free >= 1) this.#free--
    else if (this.#earned >= RETRY) this.#earned -= RETRY
    else {
      this.refused++
      return false
    }
    return true
  }

  #refill(): void {
    const now = this.#now()
    const more = ((now - this.#freeAt) / 1000) * this.#perSecond
    this.#free = Math.min(this.#perSecond, this.#free + more)
    this.#freeAt = now
  }
}
