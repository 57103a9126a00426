import type { EndpointLimit } from './endpoint-limit.ts'

/** One endpoint as a picker sees it. */
export interface Endpoint {
  /** `host:port` or `unix:path`: what to connect to, and the endpoint's name. */
  readonly address: string
  /** Share relative to the other endpoints at the moment, above 0. */
  weight: number
  /** Requests or connections in progress from this worker. */
  active: number
  /** Not picked before this time of the monotonic clock, in milliseconds. */
  ejectedUntil: number
  /** What round robin owes it: see there. */
  credit: number
  /** What least time expects of it, in milliseconds; 0 while nothing is known. */
  latency: number
  /** When `latency` was true, on the monotonic clock in milliseconds. */
  latencyAt: number
  /** How many connections it may have; `null` for any number. */
  limit: EndpointLimit | null
}

/** Chooses an endpoint. `pick` allocates nothing; a picker's state is one worker's. */
export interface Picker {
  /** Whether it makes tables of the candidates, so that another list for one pick is dear. */
  readonly hasTables: boolean
  /**
   * One of `candidates`, of which there is at least one. The list is the same array until its
   * endpoints or their weights change: pickers with tables make them anew for another one.
   * `key` is a hash of 32 bits, without a sign; only consistent pickers look at it.
   */
  pick(candidates: readonly Endpoint[], key: number): Endpoint
  /** A request to an endpoint took so many milliseconds; left out by those who do not ask. */
  observe?(endpoint: Endpoint, latencyMs: number): void
}

export function createEndpoint(address: string, weight: number): Endpoint {
  return {
    address,
    weight,
    active: 0,
    ejectedUntil: 0,
    credit: 0,
    latency: 0,
    latencyAt: 0,
    limit: null,
  }
}
