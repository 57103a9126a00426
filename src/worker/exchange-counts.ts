import type { MessageStart } from '../engine/event.ts'
import type { ExchangeObserver } from '../engine/exchanges.ts'
import { statusOf } from '../filters/http/status-of.ts'
import { latencyBucket } from '../observability/metrics/latency-buckets.ts'
import { REQUEST_FIELDS, REQUEST_GROUP } from '../observability/metrics/request-fields.ts'

const { status, failed, buckets } = REQUEST_FIELDS

/** Counts the answers of one listener of a script as those of a config are counted. */
export class ExchangeCounts implements ExchangeObserver {
  #group = new Float64Array(REQUEST_GROUP)

  answered(start: MessageStart, ms: number, weight: number): void {
    const digit = Math.trunc(statusOf(start) / 100)
    this.#add(status + (digit >= 1 && digit <= 5 ? digit : 0), weight)
    if (start.failure !== '') this.#add(failed, weight)
    this.#add(buckets + latencyBucket(ms * 1000), weight)
  }

  /** What was counted since the last call. */
  take(): Float64Array {
    const group = this.#group
    this.#group = new Float64Array(REQUEST_GROUP)
    return group
  }

  #add(at: number, weight: number): void {
    this.#group[at] = (this.#group[at] ?? 0) + weight
  }
}
