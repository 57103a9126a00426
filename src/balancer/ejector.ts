import type { EndpointTable } from './endpoint-table.ts'

/** When endpoints are left out for what has come of requests to them. */
export interface EjectionPolicy {
  /** Failures one after the other; 0 for never. */
  readonly consecutiveFailures: number
  /** Share of failures among the requests of an interval, above 0 to 1; 0 for never. */
  readonly errorRate: number
  /**
   * How many times the median latency of the other endpoints an endpoint's mean may be; 0 for any.
   */
  readonly latencyFactor: number
  /** Latencies up to this are never too long, in milliseconds. */
  readonly latencyFloorMs: number
  /** Requests in an interval below which rates and means tell nothing: it goes on. */
  readonly minRequests: number
  /** How often rates and latencies are looked at. */
  readonly intervalMs: number
  /** How long the first ejection lasts; it doubles up to `maxEjectionMs`. */
  readonly ejectionMs: number
  readonly maxEjectionMs: number
  /** Share of an upstream's endpoints that may be out at a time for these reasons. */
  readonly maxEjectedShare: number
}

/** Ejects endpoints of one upstream, within the cap; on any thread. */
export class Ejector {
  readonly #table: EndpointTable
  readonly #rows: readonly number[]
  readonly #policy: EjectionPolicy

  constructor(table: EndpointTable, rows: readonly number[], policy: EjectionPolicy) {
    this.#table = table
    this.#rows = rows
    this.#policy = policy
  }

  /** Leaves an endpoint out, unless too many are already; returns whether it did. */
  eject(row: number): boolean {
    const { ejectionMs, maxEjectionMs, maxEjectedShare } = this.#policy
    const ejected = this.#rows.filter((one) => this.#table.isEjected(one)).length
    if (ejected + 1 > maxEjectedShare * this.#rows.length) return false
    return this.#table.eject(row, ejectionMs, maxEjectionMs)
  }

  /** One more failure of an endpoint. */
  failed(row: number): void {
    const inARow = this.#table.countFailure(row)
    const limit = this.#policy.consecutiveFailures
    if (limit > 0 && inARow >= limit) this.eject(row)
  }
}
