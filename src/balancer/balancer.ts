import type { SessionErrorCode } from '../engine/errors.ts'
import type { MuxObserver } from '../filters/mux/policy.ts'
import type { Endpoint, Picker } from './picker.ts'

/** How long an endpoint is left out after it could not be reached. */
const EJECTION_MS = 10_000

/**
 * The endpoints of one upstream on one worker. An endpoint that cannot be reached is left out for
 * a while; when none is left, all are tried.
 */
export class Balancer implements MuxObserver {
  readonly endpoints: readonly Endpoint[]
  readonly #picker: Picker
  readonly #byAddress = new Map<string, Endpoint>()
  #available: readonly Endpoint[]
  #ejected = 0
  #nextReturn = Number.POSITIVE_INFINITY

  constructor(endpoints: readonly Endpoint[], picker: Picker) {
    this.endpoints = endpoints
    this.#available = endpoints
    this.#picker = picker
    for (const endpoint of endpoints) this.#byAddress.set(endpoint.address, endpoint)
  }

  /** Address of the endpoint for the next request or connection. */
  select(): string {
    if (this.#ejected > 0) this.#readmit()
    return this.#picker.pick(this.#available).address
  }

  begin(address: string): void {
    const endpoint = this.#byAddress.get(address)
    if (endpoint !== undefined) endpoint.active++
  }

  end(address: string): void {
    const endpoint = this.#byAddress.get(address)
    if (endpoint !== undefined) endpoint.active--
  }

  failed(address: string, error: SessionErrorCode): void {
    if (error !== 'ConnectionRefused' && error !== 'ConnectionTimeout') return
    const endpoint = this.#byAddress.get(address)
    if (endpoint === undefined) return
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
