/**
 * Stands for the system's table of hosts, which a test cannot change: preloaded into a process by
 * `hostsEnvironment`, it answers `dns.lookup` for the names in HOSTS.
 */
import dns, { type LookupAddress } from 'node:dns'
import { syncBuiltinESMExports } from 'node:module'
import { isIP } from 'node:net'

type Callback = (error: Error | null, found: LookupAddress[]) => void

/** Addresses by name, for `startSluice`. */
export function hostsEnvironment(hosts: Readonly<Record<string, string[]>>): NodeJS.ProcessEnv {
  return { NODE_OPTIONS: `--import ${import.meta.url}`, HOSTS: JSON.stringify(hosts) }
}

const hosts = JSON.parse(process.env['HOSTS'] ?? '{}') as Record<string, string[]>
if (Object.keys(hosts).length > 0) {
  const lookup = dns.lookup as unknown as (host: string, options: object, done: Callback) => void
  const lookupInTable = (host: string, options: object, done: Callback): void => {
    const known = hosts[host]
    if (known === undefined) return lookup(host, options, done)
    done(
      null,
      known.map((address) => ({ address, family: isIP(address) })),
    )
  }
  // The only caller asks for all addresses.
  dns.lookup = lookupInTable as unknown as typeof dns.lookup
  syncBuiltinESMExports()
}
