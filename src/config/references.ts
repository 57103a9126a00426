import { CONSISTENT } from '../balancer/pickers.ts'
import { checkAddresses } from './check-addresses.ts'
import { checkRateLimits } from './check-rate-limits.ts'
import type { Path, Problem } from './problem.ts'
import type { Config } from './schema/config.ts'
import { hintFor } from './suggest.ts'

/** Checks what one part of a config says of another: names of upstreams, and who has routes. */
export function checkReferences(config: Config): Problem[] {
  const upstreams = Object.keys(config.upstreams)
  const problems: Problem[] = []
  const checkUpstream = (name: string, path: Path): void => {
    if (upstreams.includes(name)) return
    const hint = upstreams.length === 0 ? ': add it to upstreams' : hintFor(name, upstreams)
    const message = `there is no upstream ${JSON.stringify(name)}${hint}`
    problems.push({ path, message })
  }
  const checkRoutes = (routes: Config['routes'], path: Path): void => {
    const names = (routes ?? []).map(({ name }, index) => name ?? String(index))
    for (const [index, route] of (routes ?? []).entries()) {
      const at = [...path, index]
      const { upstream, split = [], mirror } = route
      if (names.indexOf(names[index] ?? '') < index) {
        problems.push({ path: [...at, 'name'], message: `there is another route ${names[index]}` })
      }
      if (upstream !== undefined) checkUpstream(upstream, [...at, 'upstream'])
      for (const [share, one] of split.entries()) {
        checkUpstream(one.upstream, [...at, 'split', share, 'upstream'])
      }
      if (mirror !== undefined) checkUpstream(mirror.upstream, [...at, 'mirror', 'upstream'])
      problems.push(...checkRoute(route, at))
    }
  }

  for (const [index, listener] of config.listeners.entries()) {
    const path = ['listeners', index]
    const { protocol, routes, upstream } = listener
    if (upstream !== undefined) checkUpstream(upstream, [...path, 'upstream'])
    checkRoutes(routes, [...path, 'routes'])
    const isUnix = String(listener.address).startsWith('unix:')
    if (listener.access !== undefined && isUnix && !listener.proxyProtocol) {
      const message = 'who comes by a Unix socket has no address: use the rights of its folder'
      problems.push({ path: [...path, 'access'], message, isAboutKey: true })
    }
    if (protocol === 'tcp') {
      if (listener.rateLimit !== undefined) {
        const message = 'only HTTP has requests to limit: use limits.maxConnections instead'
        problems.push({ path: [...path, 'rateLimit'], message, isAboutKey: true })
      }
      if (routes !== undefined) {
        const message = 'only HTTP has routes: give the tcp listener an upstream instead'
        problems.push({ path: [...path, 'routes'], message, isAboutKey: true })
      } else if (upstream === undefined) {
        problems.push({ path, message: 'a tcp listener needs an upstream' })
      }
      if (listener.compress !== undefined) {
        const message = 'only HTTP has responses to compress: leave it out of a tcp listener'
        problems.push({ path: [...path, 'compress'], message, isAboutKey: true })
      }
      problems.push(...checkTcpUpstream(config, upstream))
    } else if (routes !== undefined && upstream !== undefined) {
      const message = 'routes and upstream exclude each other: make the upstream the last route'
      problems.push({ path: [...path, 'upstream'], message, isAboutKey: true })
    } else if (routes === undefined && upstream === undefined && config.routes === undefined) {
      problems.push({ path, message: 'leads nowhere: add routes or an upstream' })
    }
  }
  checkRoutes(config.routes, ['routes'])
  return [
    ...problems,
    ...findTwins(config),
    ...checkAddresses(config),
    ...checkPolicies(config),
    ...checkRateLimits(config),
  ]
}

/** What of an upstream only HTTP has. */
function checkTcpUpstream({ upstreams }: Config, name = ''): Problem[] {
  const { hash, sticky } = upstreams[name] ?? {}
  const problems: Problem[] = []
  if (hash !== undefined && hash !== 'address') {
    const message = 'a tcp listener leads here, whose connections have only an address to go by'
    problems.push({ path: ['upstreams', name, 'hash'], message, isAboutKey: true })
  }
  if (sticky !== undefined) {
    const message = 'a tcp listener leads here, whose connections have no cookies'
    problems.push({ path: ['upstreams', name, 'sticky'], message, isAboutKey: true })
  }
  return problems
}

const UPSTREAM_ONLY = ['rewrite', 'requestHeaders', 'mirror', 'timeouts', 'retry', 'hedge'] as const

/** What only an upstream can get, and what needs a prefix to replace. */
function checkRoute(route: NonNullable<Config['routes']>[number], path: Path): Problem[] {
  const problems: Problem[] = []
  const { redirect, respond, files } = route
  if (redirect !== undefined || respond !== undefined || files !== undefined) {
    for (const key of UPSTREAM_ONLY) {
      if (route[key] === undefined || (key === 'rewrite' && files !== undefined)) continue
      const message = 'is of no use: the route has no upstream that would see it'
      problems.push({ path: [...path, key], message, isAboutKey: true })
    }
  }
  for (const [rewrite, at] of [
    [route.rewrite, ['rewrite']],
    [route.redirect?.path, ['redirect', 'path']],
  ] as const) {
    if (rewrite?.prefix === undefined || route.match.path?.prefix !== undefined) continue
    const message = 'there is no prefix to replace: add match.path.prefix to the route'
    problems.push({ path: [...path, ...at, 'prefix'], message, isAboutKey: true })
  }
  return problems
}

/** Listeners of the same name could not be told apart in logs and metrics. */
function findTwins({ listeners }: Config): Problem[] {
  const names = listeners.map(({ name }) => name)
  return names.flatMap((name, index) =>
    name !== undefined && names.indexOf(name) < index
      ? [{ path: ['listeners', index, 'name'], message: `there is another listener ${name}` }]
      : [],
  )
}

const HTTP_ONLY = ['method', 'path', 'host', 'status', 'body'] as const

/** Keys of an upstream that need others, or exclude them. */
function checkPolicies({ upstreams }: Config): Problem[] {
  return Object.entries(upstreams).flatMap(([name, upstream]) => {
    const { balance, hash, health, circuit, proxyProtocol } = upstream
    const path = ['upstreams', name]
    const problems: Problem[] = []
    if (CONSISTENT.includes(balance) && hash === undefined) {
      const message = `${balance} needs a hash: say what it goes by, such as hash: address`
      problems.push({ path: [...path, 'balance'], message })
    } else if (hash !== undefined && !CONSISTENT.includes(balance)) {
      const message = `${balance} does not hash: choose ${CONSISTENT.join(' or ')}`
      problems.push({ path: [...path, 'hash'], message, isAboutKey: true })
    }
    if (proxyProtocol !== undefined && circuit !== undefined && circuit.maxConnections > 0) {
      const message =
        'with proxyProtocol, clients have connections of their own: limit maxConnections of the listener'
      problems.push({ path: [...path, 'circuit', 'maxConnections'], message, isAboutKey: true })
    }
    if (health === undefined || health.type === 'http') return problems
    for (const key of HTTP_ONLY.filter((one) => health[one] !== undefined)) {
      const message = `only probes by http have a ${key}, these are by ${health.type}`
      problems.push({ path: [...path, 'health', key], message, isAboutKey: true })
    }
    return problems
  })
}
