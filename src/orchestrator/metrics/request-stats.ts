import { LATENCY_BUCKETS } from '../../observability/metrics/latency-buckets.ts'
import { type LatencySummary, summarize } from '../../observability/metrics/latency-summary.ts'
import { REQUEST_FIELDS } from '../../observability/metrics/request-fields.ts'

/** What requests did in an interval: rates are per second, latencies in milliseconds. */
export interface RequestStats {
  /** Requests since the start of the process. */
  readonly total: number
  readonly requests: number
  /** Rates by class of status; `none` for requests without one. */
  readonly codes: Readonly<Record<'none' | '2xx' | '3xx' | '4xx' | '5xx', number>>
  readonly failed: number
  readonly abandoned: number
  readonly retries: number
  readonly requestBytes: number
  readonly responseBytes: number
  /** In progress at the end of the interval; told of listeners only. */
  readonly active: number
  readonly latency: LatencySummary
}

/** What requests did in an interval, from a group of `REQUEST_FIELDS`. */
export async function describeRequests(
  now: Float64Array,
  change: Float64Array,
  seconds: number,
): Promise<RequestStats> {
  const { status, failed, clientGone, retries, requestBytes, responseBytes } = REQUEST_FIELDS
  const rate = (field: number): number => (change[field] ?? 0) / seconds
  const { active } = REQUEST_FIELDS
  return {
    total: requestsOf(now),
    requests: requestsOf(change) / seconds,
    codes: {
      none: rate(status),
      '2xx': rate(status + 2),
      '3xx': rate(status + 3),
      '4xx': rate(status + 4),
      '5xx': rate(status + 5),
    },
    failed: rate(failed),
    abandoned: rate(clientGone),
    retries: rate(retries),
    requestBytes: rate(requestBytes),
    responseBytes: rate(responseBytes),
    active: now[active] ?? 0,
    latency: await summarize(durationsOf(change)),
  }
}

/** How many requests a group has counted. */
export function requestsOf(group: Float64Array): number {
  const { status } = REQUEST_FIELDS
  return group.subarray(status, status + 6).reduce((one, other) => one + other, 0)
}

/** Of a group, the requests by `latencyBucket` of their duration. */
export function durationsOf(group: Float64Array): Float64Array {
  const { buckets } = REQUEST_FIELDS
  return group.subarray(buckets, buckets + LATENCY_BUCKETS)
}
