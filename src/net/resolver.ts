import { lookup } from 'node:dns'

interface Entry {
  addresses: readonly string[]
  expires: number
}

/** The system's resolver tells no TTL; this is what a record is trusted for. */
const TRUST_MS = 10_000
const CACHE_LIMIT = 1024

const cache = new Map<string, Entry>()

/** The addresses of a name looked up not long ago, best first, or `undefined`. */
export function cachedAddresses(host: string): readonly string[] | undefined {
  const entry = cache.get(host)
  return entry !== undefined && entry.expires > Date.now() ? entry.addresses : undefined
}

/**
 * Looks a name up the way the system does; calls back with its addresses in the system's order, at
 * least one, or with `null` if there is no such host.
 */
export function resolve(host: string, done: (addresses: readonly string[] | null) => void): void {
  lookup(host, { all: true }, (error, found) => {
    if (error !== null || found.length === 0) return done(null)
    if (cache.size >= CACHE_LIMIT) cache.clear()
    const addresses = [...new Set(found.map(({ address }) => address))]
    cache.set(host, { addresses, expires: Date.now() + TRUST_MS })
    done(addresses)
  })
}

/** Moves an address that could be reached, after others could not, before them. */
export function preferAddress(host: string, address: string): void {
  const entry = cache.get(host)
  if (entry === undefined || !entry.addresses.includes(address)) return
  entry.addresses = [address, ...entry.addresses.filter((other) => other !== address)]
}
