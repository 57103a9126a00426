import type { RequestInfo } from '../engine/request-info.ts'
import type { RequestObserver } from '../engine/request-observer.ts'
import { latencyBucket } from '../observability/metrics/latency-buckets.ts'
import type { MetricsPlan } from '../observability/metrics/metrics-plan.ts'
import { REQUEST_FIELDS } from '../observability/metrics/request-fields.ts'

const { status, failed, clientGone, requestBytes, responseBytes } = REQUEST_FIELDS
const { retries, duration, active, rateLimited, accessDenied, invalid, tooMany, buckets } =
  REQUEST_FIELDS

const REFUSALS = {
  RateLimited: rateLimited,
  AccessDenied: accessDenied,
  Invalid: invalid,
  TooManyConnections: tooMany,
} as const

/**
 * Counts requests by listener, route, upstream and endpoint: some twenty additions for each, in
 * memory that no other thread writes to. Copies for a mirror count for its upstream and endpoints only.
 */
export class RequestMetrics implements RequestObserver {
  readonly seesCopies = true
  readonly #numbers: Float64Array
  readonly #plan: MetricsPlan

  constructor(numbers: Float64Array, plan: MetricsPlan) {
    this.#numbers = numbers
    this.#plan = plan
  }

  began({ listener }: RequestInfo): void {
    const at = this.#plan.listeners[listener] ?? -1
    if (at >= 0) add(this.#numbers, at + active, 1)
  }

  refused(request: RequestInfo): void {
    count(this.#numbers, this.#plan.listeners[request.listener] ?? -1, request, 0, 0)
  }

  ended(request: RequestInfo): void {
    const { listener, upstream, startMs, responseMs } = request
    const { listeners, routes, upstreams, endpoints } = this.#plan
    const numbers = this.#numbers
    const total = (request.endMs - startMs) * 1000
    const at = listeners[listener] ?? -1
    if (at >= 0) add(numbers, at + active, -1)
    const totalBucket = latencyBucket(total)
    count(numbers, at, request, total, totalBucket)
    count(numbers, placeOfRoute(routes[listener], request), request, total, totalBucket)
    if (upstream < 0) return
    // What had no answer took as long as it took to find that out.
    const toHead = responseMs > 0 ? (responseMs - startMs) * 1000 : total
    const bucket = latencyBucket(toHead)
    count(numbers, upstreams[upstream] ?? -1, request, toHead, bucket)
    count(numbers, endpoints[upstream]?.[request.endpoint] ?? -1, request, toHead, bucket)
  }
}

/** A listener's only route is not looked up when it has no conditions, and then not noted either. */
function placeOfRoute(
  places: readonly number[] | undefined,
  { route, upstream }: RequestInfo,
): number {
  if (places === undefined) return -1
  const isOnly = route < 0 && upstream >= 0 && places.length === 1
  return places[isOnly ? 0 : route] ?? -1
}

function count(
  numbers: Float64Array,
  at: number,
  request: RequestInfo,
  micros: number,
  bucket: number,
): void {
  if (at < 0) return
  add(numbers, at + status + ((request.status / 100) | 0), 1)
  add(numbers, at + responseBytes, request.responseBytes)
  add(numbers, at + duration, micros)
  add(numbers, at + buckets + bucket, 1)
  if (request.requestBytes > 0) add(numbers, at + requestBytes, request.requestBytes)
  if (request.attempts > 1) add(numbers, at + retries, request.attempts - 1)
  if (request.error !== '')
    add(numbers, at + (request.error === 'ClientGone' ? clientGone : failed), 1)
  if (request.refusal !== '') add(numbers, at + REFUSALS[request.refusal], 1)
}

function add(numbers: Float64Array, at: number, value: number): void {
  numbers[at] = (numbers[at] as number) + value
}
