import { type EjectionPolicy, Ejector } from './ejector.ts'
import { type EndpointSums, EndpointTable } from './endpoint-table.ts'

/** Why an endpoint was left out, for the log. */
export interface Outlier {
  readonly row: number
  readonly reason: string
}

/**
 * Looks at what has come of requests to the endpoints of one upstream, on all workers together, and
 * leaves out those that fail too often or are much slower than the others. One thread does it; the
 * workers only count.
 */
export class OutlierDetector {
  readonly #table: EndpointTable
  readonly #rows: readonly number[]
  readonly #policy: EjectionPolicy
  readonly #ejector: Ejector
  /** Readings from which the current interval of each row counts. */
  readonly #before = new Map<number, EndpointSums>()

  constructor(table: EndpointTable, rows: readonly number[], policy: EjectionPolicy) {
    this.#table = table
    this.#rows = rows
    this.#policy = policy
    this.#ejector = new Ejector(table, rows, policy)
    for (const row of rows) this.#before.set(row, table.sums(row))
  }

  /** Ends an interval; returns those that it has left out. */
  check(): Outlier[] {
    const windows = this.#rows.flatMap((row) => this.#window(row))
    const means = windows.map((window) => ({ ...window, mean: meanOf(window.sums) }))
    return means.flatMap(({ row, sums, mean }) => {
      const others = means.filter((one) => one.row !== row && one.mean > 0).map((one) => one.mean)
      const reason = this.#failureOf(sums) || this.#slownessOf(mean, others)
      return reason !== '' && this.#ejector.eject(row) ? [{ row, reason }] : []
    })
  }

  /** What has happened since the interval began; nothing while that is too little to tell. */
  #window(row: number): { row: number; sums: EndpointSums }[] {
    const now = this.#table.sums(row)
    const sums = EndpointTable.difference(now, this.#before.get(row) ?? now)
    if (sums.requests < this.#policy.minRequests) return []
    this.#before.set(row, now)
    return [{ row, sums }]
  }

  #failureOf({ requests, failures }: EndpointSums): string {
    const { errorRate } = this.#policy
    if (errorRate === 0 || failures < errorRate * requests) return ''
    return `${failures} of ${requests} requests failed`
  }

  #slownessOf(mean: number, others: readonly number[]): string {
    const { latencyFactor, latencyFloorMs } = this.#policy
    if (latencyFactor === 0 || others.length === 0 || mean <= latencyFloorMs) return ''
    const usual = medianOf(others)
    if (mean <= latencyFactor * usual) return ''
    return `took ${Math.round(mean)} ms on average, the others ${usual.toPrecision(2)} ms`
  }
}

/** Failures have no latency. */
function meanOf({ requests, failures, latencyMs }: EndpointSums): number {
  return latencyMs / Math.max(1, requests - failures)
}

function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other)
  const middle = sorted.length >> 1
  const upper = sorted[middle] ?? 0
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? upper)) / 2
}
