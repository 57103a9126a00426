import { type ConnectionLimits, NO_ROOM, type Waiter } from '../../balancer/connection-limits.ts'
import type { EndpointLimit } from '../../balancer/endpoint-limit.ts'
import type { Circuit } from '../mux/circuit.ts'

/** What limits the connections of a `connect`, and how many of them wait for how long. */
export interface Places {
  readonly limits: ConnectionLimits
  readonly circuit: Circuit
}

/** Whoever wants to connect where there may be no room for it. */
interface Guest {
  /** Chooses a target and connects to it; returns false if there is none with room. */
  admit(): boolean
  /** It has waited long enough, or should not wait at all. */
  refuse(): void
  settle(): void
}

/**
 * The place of one connection among those that its endpoint may have.
 *
 *     none    -> taken      take()
 *     none    -> waiting    wait()
 *     waiting -> taken      there is room, and admit() takes it
 *     waiting -> none       refused, or leave()
 *     taken   -> none       leave()
 */
export class Place implements Waiter {
  readonly #places: Places
  readonly #guest: Guest
  #limit: EndpointLimit | null = null
  #timer: NodeJS.Timeout | null = null
  #isWaiting = false

  constructor(places: Places, guest: Guest) {
    this.#places = places
    this.#guest = guest
  }

  /** Takes a place at a target that was chosen; returns false if there is none. */
  take(target: string): boolean {
    if (target === NO_ROOM) return false
    const limit = this.#places.limits.of(target)
    if (limit !== null && !limit.open()) return false
    this.#limit = limit
    return true
  }

  /** Waits for room, unless too many do. */
  wait(): void {
    // It is called again for every look that was in vain.
    if (this.#isWaiting) return
    const { limits, circuit } = this.#places
    if (!circuit.mayWait(limits.waiting)) return this.#guest.refuse()
    this.#isWaiting = true
    limits.wait(this)
    const { pendingMs } = circuit.limits
    if (pendingMs > 0) this.#timer = setTimeout(() => this.#expire(), pendingMs).unref()
  }

  serve(): boolean {
    if (!this.#guest.admit()) return false
    this.#endWait()
    return true
  }

  settle(): void {
    this.#guest.settle()
  }

  /** It is needed no more. */
  leave(): void {
    this.#endWait()
    const limit = this.#limit
    this.#limit = null
    limit?.close()
  }

  #expire(): void {
    this.#places.circuit.expired++
    this.#endWait()
    this.#guest.refuse()
    this.#guest.settle()
  }

  #endWait(): void {
    if (!this.#isWaiting) return
    this.#isWaiting = false
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    this.#places.limits.leave(this)
  }
}
