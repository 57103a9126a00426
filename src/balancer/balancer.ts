import type { SessionErrorCode } from '../engine/errors.ts'
import type { TargetObserver, UpstreamObserver } from '../engine/upstream-observer.ts'
import type { Endpoint, Picker } from './picker.ts'

/** How long an endpoint is left out after it could not be reached. */
const EJECTION_MS = 10_000

/**
 * The endpoints of one upstream on one worker. An endpoint that cannot be reached is left out for
 * a while; when none is left, all are tried.
 */
export class Balancer implements UpstreamObserver {
  readonly endpoints: readonly Endpoint[]
  readonly #picker: Picker
  #available: readonly Endpoint[]
  #ejected = 0
  #nextReturn = Number.POSITIVE_INFINITY

  constructor(endpoints: readonly Endpoint[], picker: Picker) {
    this.endpoints = endpoints
    this.#available = endpoints
    this.#picker = picker
  }

  /** Address of the endpoint for the next request or connection. */
  select(): string {
    if (this.#ejected > 0) this.#readmit()
    return this.#picker.pick(this.#available, 0).address
  }

  target(address: string): TargetObserver {
    const endpoint = this.endpoints.find((one) => one.address === address)
    if (endpoint === undefined) throw new RangeError(`no endpoint ${address}`)
    return {
      begin: () => {
        endpoint.active++
      },
      end: () => {
        endpoint.active--
      },
      failed: (error) => this.#eject(endpoint, error),
    }
  }

  #eject(endpoint: Endpoint, error: SessionErrorCode): void {
    if (error !== 'ConnectionRefused' && error !== 'ConnectionTimeout') return
    endpoint.ejectedUntil = performance.now() + EJECTION_MS
    this.#update()
  }

  #readmit(): void {
    if (performance.now() >= this.#nextReturn) this.#update()
  }

  #update(): void {
    const now = performance.now()
    const available = this.endpoints.filter((endpoint) => endpoint.ejectedUntil <= now)
    this.#ejected = this.endpoints.length - available.length
    this.#nextReturn = Number.POSITIVE_INFINITY
    for (const { ejectedUntil } of this.endpoints) {
      if (ejectedUntil > now && ejectedUntil < this.#nextReturn) this.#nextReturn = ejectedUntil
    }
    this.#available = available.length > 0 ? available : this.endpoints
  }
}
