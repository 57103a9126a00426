import { CONSISTENT } from '../balancer/pickers.ts'
import { DEFAULTS } from './defaults.ts'
import type { Problem } from './problem.ts'
import type { Config } from './schema/config.ts'
import type { Loose } from './sound-part.ts'

const HTTP_ONLY = ['method', 'path', 'host', 'status', 'body'] as const

/** Keys of an upstream that need others, or exclude them. */
export function checkPolicies({ upstreams }: NonNullable<Loose<Config>>): Problem[] {
  return Object.entries(upstreams ?? {}).flatMap(([name, upstream]) => {
    const { balance = DEFAULTS.balance, hash, health, circuit, proxyProtocol } = upstream ?? {}
    const path = ['upstreams', name]
    const problems: Problem[] = []
    if (balance !== null && CONSISTENT.includes(balance) && hash === undefined) {
      const message = `${balance} needs a hash: say what it goes by, such as hash: address`
      problems.push({ path: [...path, 'balance'], message, isMissingFrom: [path] })
    } else if (balance !== null && hash !== undefined && !CONSISTENT.includes(balance)) {
      const message = `${balance} does not hash: choose ${CONSISTENT.join(' or ')}`
      problems.push({ path: [...path, 'hash'], message, isAboutKey: true })
    }
    if (proxyProtocol !== undefined && (circuit?.maxConnections ?? 0) > 0) {
      const message =
        'with proxyProtocol, clients have connections of their own: limit maxConnections of the listener'
      problems.push({ path: [...path, 'circuit', 'maxConnections'], message, isAboutKey: true })
    }
    const { type = 'http', method, body } = health ?? {}
    if (method === 'HEAD' && body !== undefined && type === 'http') {
      const message = 'what answers HEAD has no body: let probes GET, or look at the status only'
      problems.push({ path: [...path, 'health', 'body'], message, isAboutKey: true })
    }
    if (type === 'http' || type === null) return problems
    for (const key of HTTP_ONLY.filter((one) => health?.[one] !== undefined)) {
      const message = `only probes by http have a ${key}, these are by ${type}`
      problems.push({ path: [...path, 'health', key], message, isAboutKey: true })
    }
    return problems
  })
}
