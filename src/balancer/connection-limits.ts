import { changesOf } from './change-watch.ts'
import type { EndpointConnections } from './endpoint-connections.ts'
import { EndpointLimit, type LimitOwner } from './endpoint-limit.ts'

/** What a balancer answers when every endpoint has as many connections as it may. */
export const NO_ROOM = ''

/** How often it is looked anyway, also out of turn: the worker whose turn it is may be stuck. */
const LOOK_MS = 20

/** Waits for a place for a connection. */
export interface Waiter {
  /** Takes places as far as there are any; returns whether it needs no more. */
  serve(): boolean
  /** What that has caused outside of a batch is to be done. */
  settle(): void
}

/** Keeps connections that nobody uses at the moment. */
export interface Keeper {
  /** Ends those to an endpoint. */
  giveUp(limit: EndpointLimit): void
  settle(): void
}

/**
 * The connections of one upstream's program on one worker, where endpoints have limits over all
 * workers: who waits for a place, who keeps connections that others could use, and the turns that
 * workers take.
 *
 * Nothing wakes another thread as long as nobody waits.
 */
export class ConnectionLimits implements LimitOwner {
  /** By endpoint; `null` for those that may have any number. */
  readonly all: readonly (EndpointLimit | null)[]
  /** Set by who keeps connections. */
  keeper: Keeper | null = null
  isOutOfTurn = false
  readonly #connections: EndpointConnections
  readonly #addresses: readonly string[]
  readonly #waiters: Waiter[] = []
  #isServing = false
  #isScheduled = false
  #isWatching = false
  #timer: NodeJS.Timeout | undefined

  /**
   * `endpoints` have a row of the table and a limit, 0 for none. `most` is how many of all connections
   * to one endpoint this worker may have.
   */
  constructor(
    connections: EndpointConnections,
    endpoints: readonly { readonly address: string; readonly row: number; readonly max: number }[],
    most: number,
  ) {
    this.#connections = connections
    this.#addresses = endpoints.map(({ address }) => address)
    this.all = endpoints.map(({ row, max }) =>
      max === 0 ? null : new EndpointLimit(this, connections, { row, max, most }),
    )
  }

  /** The limit of an endpoint; `null` if it has none. */
  of(address: string): EndpointLimit | null {
    return this.all[this.#addresses.indexOf(address)] ?? null
  }

  /** Whether anybody of this program waits. */
  get isWaiting(): boolean {
    return this.#waiters.length > 0
  }

  /** How many do. */
  get waiting(): number {
    return this.#waiters.length
  }

  /** Somebody waits from now on, until it is served or leaves. */
  wait(waiter: Waiter): void {
    this.#waiters.push(waiter)
    if (this.#waiters.length > 1) return
    this.#announce(1)
    // Others may have connections that nobody uses.
    this.#connections.tell()
    this.watch()
    // What became free between the look and the announcement nobody has told.
    this.#timer = setInterval(() => this.#look(true), LOOK_MS).unref()
  }

  leave(waiter: Waiter): void {
    const at = this.#waiters.indexOf(waiter)
    if (at < 0) return
    this.#waiters.splice(at, 1)
    if (this.#waiters.length > 0) return
    clearInterval(this.#timer)
    this.#announce(-1)
    // Others may have waited for us to take our turn.
    this.#connections.tell()
  }

  /** Lets those who wait take what is free, the first to come first. */
  serve(): void {
    if (this.#isServing) return
    this.#isServing = true
    for (let first = this.#waiters[0]; first?.serve() === true; first = this.#waiters[0]) {
      this.leave(first)
    }
    this.#isServing = false
  }

  /** A connection has ended. Whoever waits gets its place when the other side has heard of the end. */
  freed(): void {
    if (this.#waiters.length === 0 || this.#isScheduled) return
    this.#isScheduled = true
    setImmediate(() => {
      this.#isScheduled = false
      this.#look(false)
    })
  }

  /** Asks to be told when another worker waits, or a connection of one ends. */
  watch(): void {
    if (this.#isWatching) return
    this.#isWatching = true
    changesOf(this.#connections).add(this.#connections, this.#onChange)
  }

  /** Asks no more, if nobody waits and nothing is kept. */
  unwatch(): void {
    const isNeeded = this.#waiters.length > 0 || this.all.some((one) => (one?.spare ?? 0) > 0)
    if (isNeeded || !this.#isWatching) return
    this.#isWatching = false
    changesOf(this.#connections).delete(this.#onChange)
  }

  readonly #onChange = (): void => {
    if (this.keeper !== null) {
      for (const limit of this.all) {
        if (limit !== null && limit.spare > 0 && limit.othersWait) this.keeper.giveUp(limit)
      }
    }
    this.#look(false)
    this.keeper?.settle()
    this.unwatch()
  }

  #look(isOutOfTurn: boolean): void {
    const first = this.#waiters[0]
    if (first === undefined) return
    this.isOutOfTurn = isOutOfTurn
    this.serve()
    this.isOutOfTurn = false
    first.settle()
  }

  #announce(change: 1 | -1): void {
    for (const limit of this.all) limit?.announce(change)
  }
}
