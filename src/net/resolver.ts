import { lookup, type RecordWithTtl, resolve4, resolve6 } from 'node:dns'

interface Entry {
  addresses: readonly string[]
  expires: number
}

/** What addresses are trusted for that no record in the DNS has: those of the table of hosts. */
const TRUST_MS = 10_000
/** Bounds of what records say themselves: not a question per connection, and not for ever. */
const SHORTEST_TRUST_MS = 1000
const LONGEST_TRUST_MS = 300_000
const CACHE_LIMIT = 1024

const cache = new Map<string, Entry>()

/** The addresses of a name looked up not long ago, best first, or `undefined`. */
export function cachedAddresses(host: string): readonly string[] | undefined {
  const entry = cache.get(host)
  return entry !== undefined && entry.expires > Date.now() ? entry.addresses : undefined
}

/**
 * Looks a name up the way the system does; calls back with its addresses in the system's order, at
 * least one, or with `null` if there is no such host. The system tells no TTL: the DNS is asked for
 * it besides, and the addresses are trusted for as long as their records say.
 */
export function resolve(host: string, done: (addresses: readonly string[] | null) => void): void {
  lookup(host, { all: true }, (error, found) => {
    if (error !== null || found.length === 0) return done(null)
    if (cache.size >= CACHE_LIMIT) cache.clear()
    const addresses = [...new Set(found.map(({ address }) => address))]
    const entry: Entry = { addresses, expires: Date.now() + TRUST_MS }
    cache.set(host, entry)
    askForTtl(host, entry)
    done(addresses)
  })
}

function askForTtl(host: string, entry: Entry): void {
  const isIn = ({ address }: RecordWithTtl): boolean => entry.addresses.includes(address)
  const asked = Date.now()
  let shortest = Number.POSITIVE_INFINITY
  const take = (error: Error | null, records: RecordWithTtl[]): void => {
    if (error !== null) return
    for (const record of records) if (isIn(record)) shortest = Math.min(shortest, record.ttl * 1000)
    if (shortest === Number.POSITIVE_INFINITY) return
    const trust = Math.min(Math.max(shortest, SHORTEST_TRUST_MS), LONGEST_TRUST_MS)
    entry.expires = asked + trust
  }
  resolve4(host, { ttl: true }, take)
  resolve6(host, { ttl: true }, take)
}

/** Moves an address that could be reached, after others could not, before them. */
export function preferAddress(host: string, address: string): void {
  const entry = cache.get(host)
  if (entry === undefined || !entry.addresses.includes(address)) return
  entry.addresses = [address, ...entry.addresses.filter((other) => other !== address)]
}
