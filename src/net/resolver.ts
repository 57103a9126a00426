import { lookup } from 'node:dns'

interface Entry {
  address: string
  expires: number
}

/** The system's resolver tells no TTL; this is what a record is trusted for. */
const TRUST_MS = 10_000
const CACHE_LIMIT = 1024

const cache = new Map<string, Entry>()

/** The address of a name looked up not long ago, or `undefined`. */
export function cachedAddress(host: string): string | undefined {
  const entry = cache.get(host)
  return entry !== undefined && entry.expires > Date.now() ? entry.address : undefined
}

/** Looks a name up the way the system does; calls back with `null` if there is no such host. */
export function resolve(host: string, done: (address: string | null) => void): void {
  lookup(host, (error, address) => {
    if (error !== null) return done(null)
    if (cache.size >= CACHE_LIMIT) cache.clear()
    cache.set(host, { address, expires: Date.now() + TRUST_MS })
    done(address)
  })
}
