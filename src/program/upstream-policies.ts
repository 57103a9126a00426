import type { EjectionPolicy } from '../balancer/ejector.ts'
import type { StickyCookieOptions } from '../balancer/sticky-cookie.ts'
import type { RequestKey } from '../filters/http/request-key.ts'
import type { ProxyVersion } from '../net/proxy-protocol/proxy-header.ts'

/** What a probe asks, and what it expects. */
export type CheckSpec = { type: 'tcp' } | HttpCheckSpec | { type: 'dubbo' }

/** A probe by HTTP/1.1. */
export interface HttpCheckSpec {
  type: 'http'
  method: 'GET' | 'HEAD' | 'OPTIONS'
  path: string
  /** Value of the Host field; empty for the endpoint's address. */
  host: string
  /** Ranges of statuses, both ends included. */
  statuses: [number, number][]
  /** Text that the first 64 KB of the body have; empty for any body. */
  body: string
}

/** How endpoints are probed. */
export interface HealthSpec {
  check: CheckSpec
  /** Time between probes of an endpoint that is well, give or take a tenth. */
  intervalMs: number
  /** The same from the first failure on until it is well again. */
  unhealthyIntervalMs: number
  timeoutMs: number
  /** Successes in a row that make an unhealthy endpoint healthy. */
  healthyThreshold: number
  /** Failures in a row that make a healthy endpoint unhealthy. */
  unhealthyThreshold: number
}

/** When requests are sent again beyond those that have not reached anybody. */
export interface RetrySpec {
  /** Further attempts of one request. */
  attempts: number
  /** Statuses that are tried again elsewhere. */
  statuses: number[]
  /** Retries per request, on average: 0.2 is one for five. */
  budgetRatio: number
  /** Retries that are always allowed, per second and worker. */
  budgetPerSecond: number
}

/** When a request is sent a second time while the first is in progress. */
export interface HedgeSpec {
  /** So long after the first, without the head of a response; 0 for never. */
  afterMs: number
}

/** Limits of one upstream, over all workers; 0 for none. */
export interface CircuitSpec {
  /** Connections to one endpoint. */
  maxConnections: number
  /** Requests that wait for a connection. */
  maxPending: number
  /** How long a request may wait for one. */
  pendingTimeoutMs: number
  /** Requests in progress. */
  maxRequests: number
  /** Requests that are being tried again. */
  maxRetries: number
  /** How late a worker may be before it refuses requests; left out for any delay. */
  maxDelayMs?: number
}

/** What an upstream does beyond the plain; what is left out does not happen. */
export interface UpstreamPolicies {
  /** What consistent hashing goes by. */
  hash?: RequestKey
  /** A cookie that ties clients to the endpoint that they got first. */
  sticky?: StickyCookieOptions
  /** How long it takes until an endpoint that returns has its whole share. */
  slowStartMs?: number
  /** With less than this share of endpoints up, all are used. */
  panicShare?: number
  /** The zone of this balancer. */
  zone?: string
  health?: HealthSpec
  ejection?: EjectionPolicy
  retry?: RetrySpec
  hedge?: HedgeSpec
  circuit?: CircuitSpec
  /** Version of the PROXY header that tells endpoints of the client. */
  proxyProtocol?: ProxyVersion
  /** Longest time from a request to the head of its response, over all attempts. */
  totalTimeoutMs?: number
}
