import { MAX_ENDPOINTS } from '../balancer/endpoint-table.ts'
import { formatAddress } from '../program/format-address.ts'
import { parseAddress, parseTargetAddress } from '../program/parse-address.ts'
import type { Problem } from './problem.ts'
import type { Config } from './schema/config.ts'
import type { Loose } from './sound-part.ts'
import { twins } from './twins.ts'

/** Finds listeners of one socket, endpoints that an upstream has twice, and too many of them. */
export function checkAddresses({ listeners, upstreams }: NonNullable<Loose<Config>>): Problem[] {
  // Several listeners may ask for any free port.
  const sockets = (listeners ?? []).map((listener) => {
    const address = listener?.address ?? undefined
    if (address === undefined) return undefined
    const parsed = parseAddress(String(address), '0.0.0.0')
    return parsed.path === undefined && parsed.port === 0 ? undefined : formatAddress(parsed)
  })
  const problems = twins(sockets).map((index) => {
    const message = `another listener has ${sockets[index]}`
    return { path: ['listeners', index, 'address'], message }
  })
  let count = 0
  for (const [name, upstream] of Object.entries(upstreams ?? {})) {
    const targets = (upstream?.endpoints ?? []).map((one) => {
      const address = typeof one === 'object' ? one?.address : one
      if (address === undefined || address === null) return undefined
      return formatAddress(parseTargetAddress(String(address)))
    })
    for (const index of twins(targets)) {
      const message = `the upstream has ${targets[index]} already: give one of them a weight instead`
      problems.push({ path: ['upstreams', name, 'endpoints', index], message })
    }
    const isFull = count > MAX_ENDPOINTS
    count += targets.length
    if (isFull || count <= MAX_ENDPOINTS) continue
    const message = `there are more than ${MAX_ENDPOINTS} endpoints of all upstreams: use several processes`
    problems.push({ path: ['upstreams', name, 'endpoints'], message })
  }
  return problems
}
