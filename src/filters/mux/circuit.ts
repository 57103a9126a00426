import type { LoadMonitor } from '../../balancer/load-monitor.ts'

type Load = Pick<LoadMonitor, 'standingDelayMs'>

/** Limits of one `mux` on one worker; 0 for none. */
export interface CircuitLimits {
  /** Messages in progress. */
  readonly maxRequests: number
  /** Messages that wait for a session, those of all keys together. */
  readonly maxPending: number
  /** How long a message may wait for one, in milliseconds. */
  readonly pendingMs: number
  /** How late the thread may be before messages are refused, in milliseconds. */
  readonly maxDelayMs: number
}

/** Refuses messages beyond limits, at once, instead of letting all of them be late. */
export class Circuit {
  readonly limits: CircuitLimits
  readonly #load: Load | null
  /** Messages in progress, those that wait among them. */
  active = 0
  /** Messages refused because there were too many in progress, or waiting. */
  refused = 0
  /** Messages refused because the worker is overloaded. */
  shed = 0
  /** Messages that have waited too long. */
  expired = 0

  /** `load` is the thread's, if its delay is limited. */
  constructor(limits: CircuitLimits, load: Load | null = null) {
    this.limits = limits
    this.#load = load
  }

  /** Takes one more message in, or says that it is to be refused. */
  enter(): boolean {
    const { maxRequests, maxDelayMs } = this.limits
    if (this.#load !== null && this.#load.standingDelayMs > maxDelayMs) {
      this.shed++
      return false
    }
    if (maxRequests > 0 && this.active >= maxRequests) {
      this.refused++
      return false
    }
    this.active++
    return true
  }

  leave(): void {
    this.active--
  }

  /** Whether one more may wait beside so many. */
  mayWait(pending: number): boolean {
    const { maxPending } = this.limits
    if (maxPending === 0 || pending < maxPending) return true
    this.refused++
    return false
  }
}
