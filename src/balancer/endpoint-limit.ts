import { batchTime } from '../native/batch-clock.ts'
import type { EndpointConnections } from './endpoint-connections.ts'

/** So long a worker that has left its place to another does not take it back. */
const REST_MS = 5

/** The program on this worker whose connections are limited. */
export interface LimitOwner {
  /** Whether any of its requests waits. */
  readonly isWaiting: boolean
  /** Nobody has taken a place for a while, whoever's turn it is. */
  readonly isOutOfTurn: boolean
  /** A connection has ended. */
  freed(): void
  /** There is a connection that others may want. */
  watch(): void
}

/**
 * The connections of one program on one worker to one endpoint, which may have so many in all.
 *
 * When workers wait, a place goes to the one that has fewest connections, and one that has none gets
 * one soon: a connection whose request is answered is closed for it, although it could serve another.
 */
export class EndpointLimit {
  readonly #owner: LimitOwner
  readonly #connections: EndpointConnections
  readonly #row: number
  readonly #max: number
  readonly #most: number
  #open = 0
  #restsUntil = 0
  /** Connections that are open and not in use. */
  spare = 0

  /** `max` holds for all workers, `most` for this program on this one. */
  constructor(
    owner: LimitOwner,
    connections: EndpointConnections,
    { row, max, most }: { readonly row: number; readonly max: number; readonly most: number },
  ) {
    this.#owner = owner
    this.#connections = connections
    this.#row = row
    this.#max = max
    this.#most = most
  }

  /** Whether there is a connection for one more request, or may be one. */
  get hasRoom(): boolean {
    return this.spare > 0 || this.#mayOpen()
  }

  /** Takes the place of one more connection; returns whether there was one. */
  open(): boolean {
    if (!this.#mayOpen() || !this.#connections.open(this.#row, this.#max)) return false
    this.#open++
    return true
  }

  /** A connection has ended. */
  close(): void {
    this.#open--
    this.#connections.close(this.#row)
    if (this.othersWait) this.#connections.tell()
    this.#owner.freed()
  }

  /** A connection is not in use any more. */
  keep(): void {
    if (this.spare++ === 0) this.#owner.watch()
  }

  /** It is in use again, or about to end. */
  use(): void {
    this.spare--
  }

  /** Whether others than this program wait for a connection to the endpoint. */
  get othersWait(): boolean {
    return this.#connections.waiting(this.#row) > Number(this.#owner.isWaiting)
  }

  /** Whether a connection that is not in use any more is to make room for one of somebody else. */
  shouldGive(): boolean {
    if (!this.othersWait) return false
    const own = Number(this.#owner.isWaiting)
    const gives =
      this.#connections.isAhead(this.#row, 2, true) || this.#connections.waitsHere(this.#row) > own
    if (gives) this.#restsUntil = batchTime() + REST_MS
    return gives
  }

  announce(change: 1 | -1): void {
    this.#connections.wait(this.#row, change)
  }

  #mayOpen(): boolean {
    if (this.#open >= this.#most || this.#connections.count(this.#row) >= this.#max) return false
    if (this.#owner.isOutOfTurn || !this.othersWait) return true
    return !this.#connections.isAhead(this.#row, 1, false) && batchTime() >= this.#restsUntil
  }
}
