import { performance } from 'node:perf_hooks'
import type { Endpoint, Picker } from './picker.ts'

/** What is older than this counts for a third: time enough to see an endpoint recover. */
const DECAY_MS = 10_000
/** Stands for the unknown time of an endpoint that has not answered yet, in milliseconds. */
const UNKNOWN_MS = 1e6

/**
 * Picks the endpoint on which a request is likely to be over first: the latency expected of it,
 * times what would be in progress, per weight. The latency is a *peak* moving average, as in
 * Finagle's load balancer: it rises to a worse latency at once, and falls back over seconds. It
 * also fades while nothing is sent, so that an endpoint that was slow is tried again.
 */
export class LeastTime implements Picker {
  readonly hasTables = false
  readonly #now: () => number
  /** The time of the last observation: reading the clock at every pick would allocate its result. */
  #time = 0
  #turn = 0

  /** `now` is a monotonic clock in milliseconds. */
  constructor(now: () => number = () => performance.now()) {
    this.#now = now
  }

  pick(candidates: readonly Endpoint[]): Endpoint {
    const now = this.#time
    const count = candidates.length
    // Ties go round.
    const first = this.#turn++ % count
    let best = candidates[first] as Endpoint
    let least = cost(best, now)
    for (let i = 1; i < count; i++) {
      const endpoint = candidates[(first + i) % count] as Endpoint
      const its = cost(endpoint, now)
      if (its < least) {
        best = endpoint
        least = its
      }
    }
    return best
  }

  observe(endpoint: Endpoint, latencyMs: number): void {
    const now = this.#now()
    const { latency } = endpoint
    const kept = Math.exp((endpoint.latencyAt - now) / DECAY_MS)
    endpoint.latency = latencyMs > latency ? latencyMs : latency * kept + latencyMs * (1 - kept)
    endpoint.latencyAt = now
    this.#time = now
  }
}

function cost({ active, latency, latencyAt, weight }: Endpoint, now: number): number {
  // Of endpoints that nobody knows anything about, each gets one request to begin with.
  if (latency === 0) return active === 0 ? 0 : (UNKNOWN_MS * active) / weight
  return (latency * Math.exp((latencyAt - now) / DECAY_MS) * (active + 1)) / weight
}
