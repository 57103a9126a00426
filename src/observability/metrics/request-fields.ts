import { LATENCY_BUCKETS } from './latency-buckets.ts'

/**
 * What is counted about the requests of one listener, route, upstream or endpoint: a group of
 * neighbouring numbers in the memory of each worker.
 *
 *     ┌ 0 … 5 ──────────┬ 6 ─────┬ 7 ────┬ 8, 9 ─┬ 10 ─────┬ 11 ──────┬ 12 ────┬ 13 … 16 ┬ 17 … ────────┐
 *     │ by status class │ failed │ gone  │ bytes │ retries │ sum (µs) │ active │ refused │ by duration  │
 *     └─────────────────┴────────┴───────┴───────┴─────────┴──────────┴────────┴─────────┴──────────────┘
 */
export const REQUEST_FIELDS = {
  /** Requests by the first digit of their status; 0 for those that had none. */
  status: 0,
  /** Requests that got no answer of an upstream, or not all of one. */
  failed: 6,
  /** Requests whose client went before the response was complete. */
  clientGone: 7,
  requestBytes: 8,
  responseBytes: 9,
  /** Further attempts, beyond the first. */
  retries: 10,
  /** Sum of the durations, in microseconds. */
  duration: 11,
  /** Requests in progress, the only number that falls. */
  active: 12,
  /** Requests refused by a rate limit, and for the address of their client. */
  rateLimited: 13,
  accessDenied: 14,
  /** Requests refused as malformed, too large or too slow, and with a connection too many. */
  invalid: 15,
  tooMany: 16,
  /** Requests by `latencyBucket` of their duration. */
  buckets: 17,
} as const

/** Length of such a group. */
export const REQUEST_GROUP: number = REQUEST_FIELDS.buckets + LATENCY_BUCKETS
