import { formatAddress } from '../program/format-address.ts'
import { parseAddress, parseTargetAddress } from '../program/parse-address.ts'
import type { Problem } from './problem.ts'
import type { Config } from './schema/config.ts'

/** Finds listeners of one socket, and endpoints that an upstream has twice. */
export function checkAddresses({ listeners, upstreams }: Config): Problem[] {
  // Several listeners may ask for any free port.
  const sockets = listeners.map(({ address }) => {
    const parsed = parseAddress(String(address), '0.0.0.0')
    return parsed.path === undefined && parsed.port === 0 ? undefined : formatAddress(parsed)
  })
  const problems = twins(sockets).map((index) => {
    const message = `another listener has ${sockets[index]}`
    return { path: ['listeners', index, 'address'], message }
  })
  for (const [name, { endpoints }] of Object.entries(upstreams)) {
    const targets = endpoints.map((one) => {
      const address = typeof one === 'object' ? one.address : one
      return formatAddress(parseTargetAddress(String(address)))
    })
    for (const index of twins(targets)) {
      const message = `the upstream has ${targets[index]} already: give one of them a weight instead`
      problems.push({ path: ['upstreams', name, 'endpoints', index], message })
    }
  }
  return problems
}

/** Where something stands that stands before as well. */
function twins(texts: readonly (string | undefined)[]): number[] {
  return texts.flatMap((text, index) => {
    return text !== undefined && texts.indexOf(text) < index ? [index] : []
  })
}
