/** One endpoint as a picker sees it. */
export interface Endpoint {
  /** `host:port` or `unix:path`: what to connect to, and the endpoint's name. */
  readonly address: string
  /** Share relative to the other endpoints, at least 1. */
  readonly weight: number
  /** Requests or connections in progress from this worker. */
  active: number
  /** Not picked before this time of the monotonic clock, in milliseconds. */
  ejectedUntil: number
  /** What round robin owes it: see there. */
  credit: number
}

/** Chooses an endpoint among `candidates`, of which there is at least one. */
export interface Picker {
  pick(candidates: readonly Endpoint[]): Endpoint
}

export function createEndpoint(address: string, weight: number): Endpoint {
  return { address, weight, active: 0, ejectedUntil: 0, credit: 0 }
}
