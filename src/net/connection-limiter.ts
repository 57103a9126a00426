import type { ListenerLimits } from './listener-policy.ts'

/** Which limit a connection exceeds, '' for none. */
export type Excess = '' | 'connections' | 'address'

/**
 * Counts the connections of one listener on this worker. Addresses are asked for and remembered
 * only if there is a limit of connections per address.
 */
export class ConnectionLimiter {
  readonly #limits: ListenerLimits
  readonly #shareOf: (total: number) => number
  readonly #addressOf: (connection: number) => string
  #active = 0
  readonly #byAddress = new Map<string, number>()
  readonly #addresses = new Map<number, string>()

  /**
   * `shareOf` gives this worker's part of a number that is for all; `addressOf` the address of a
   * connection's peer, '' if it has none.
   */
  constructor(
    limits: ListenerLimits,
    shareOf: (total: number) => number,
    addressOf: (connection: number) => string,
  ) {
    this.#limits = limits
    this.#shareOf = shareOf
    this.#addressOf = addressOf
  }

  /** Counts a connection, unless that would be too many. */
  admit(connection: number): Excess {
    if (this.#isFull()) return 'connections'
    const excess = this.identify(connection)
    if (excess === '') this.#active++
    return excess
  }

  /** The same while nobody knows whose it is: `identify` follows. */
  admitUnknown(): Excess {
    if (this.#isFull()) return 'connections'
    this.#active++
    return ''
  }

  /** The client of a connection is known: counts it as one of its own, unless that would be too many. */
  identify(connection: number): Excess {
    const { maxConnectionsPerAddress } = this.#limits
    if (maxConnectionsPerAddress === 0) return ''
    const client = clientOf(this.#addressOf(connection))
    const count = this.#byAddress.get(client) ?? 0
    if (client !== '' && count >= maxConnectionsPerAddress) return 'address'
    this.#countFor(connection, client)
    return ''
  }

  /** Counts a connection that stands already, even if it is one too many. */
  count(connection: number): void {
    this.#active++
    if (this.#limits.maxConnectionsPerAddress === 0) return
    this.#countFor(connection, clientOf(this.#addressOf(connection)))
  }

  #countFor(connection: number, client: string): void {
    this.#byAddress.set(client, (this.#byAddress.get(client) ?? 0) + 1)
    this.#addresses.set(connection, client)
  }

  /** A connection that was counted has ended, or is counted elsewhere. */
  release(connection: number): void {
    this.#active--
    const client = this.#addresses.get(connection)
    if (client === undefined) return
    this.#addresses.delete(connection)
    const count = (this.#byAddress.get(client) ?? 0) - 1
    if (count > 0) this.#byAddress.set(client, count)
    else this.#byAddress.delete(client)
  }

  #isFull(): boolean {
    const { maxConnections } = this.#limits
    return maxConnections > 0 && this.#active >= this.#shareOf(maxConnections)
  }
}

/**
 * What connections of one client have in common: an IPv4 address, or the first 64 bits of an IPv6
 * address, within which a single customer may choose (RFC 6177).
 */
export function clientOf(address: string): string {
  if (!address.includes(':')) return address
  const isMapped = address.includes('.')
  if (isMapped) return address.slice(address.lastIndexOf(':') + 1)
  const [left = '', right] = address.split('::')
  const first = left === '' ? [] : left.split(':')
  const last = right === undefined || right === '' ? [] : right.split(':')
  const zeros = new Array<string>(Math.max(8 - first.length - last.length, 0)).fill('0')
  return [...first, ...zeros, ...last].slice(0, 4).join(':')
}
