import type { Path, Problem } from './problem.ts'
import type { Config } from './schema/config.ts'
import type { Loose } from './sound-part.ts'

type LooseConfig = NonNullable<Loose<Config>>
export type LooseListener = NonNullable<NonNullable<LooseConfig['listeners']>[number]>

/** Keys of a listener that exclude each other, and whether it leads anywhere. */
export function checkListener(
  listener: LooseListener,
  path: Path,
  { routes: shared, upstreams }: Pick<LooseConfig, 'routes' | 'upstreams'>,
): Problem[] {
  const { address, access, protocol, proxyProtocol, routes, upstream } = listener
  const problems: Problem[] = []
  const addKey = (key: string, message: string): void => {
    problems.push({ path: [...path, key], message, isAboutKey: true })
  }
  const knowsClients = proxyProtocol !== undefined && proxyProtocol !== false
  if (access !== undefined && String(address).startsWith('unix:') && !knowsClients) {
    addKey('access', 'who comes by a Unix socket has no address: use the rights of its folder')
  }
  if (protocol === 'tcp') {
    problems.push(...checkTcp(listener, path))
    if (typeof upstream === 'string') problems.push(...checkTcpUpstream(upstream, upstreams))
  } else if (routes !== undefined && upstream !== undefined) {
    addKey('upstream', 'routes and upstream exclude each other: make the upstream the last route')
  } else if (routes === undefined && upstream === undefined && shared === undefined) {
    const message = 'leads nowhere: add routes or an upstream'
    problems.push({ path, message, isMissingFrom: [path, []] })
  }
  return problems
}

/** What only HTTP has. */
function checkTcp(listener: LooseListener, path: Path): Problem[] {
  const { rateLimit, routes, upstream, compress } = listener
  const problems: Problem[] = []
  const addKey = (key: string, message: string): void => {
    problems.push({ path: [...path, key], message, isAboutKey: true })
  }
  if (rateLimit !== undefined) {
    addKey('rateLimit', 'only HTTP has requests to limit: use limits.maxConnections instead')
  }
  if (routes !== undefined) {
    addKey('routes', 'only HTTP has routes: give the tcp listener an upstream instead')
  } else if (upstream === undefined) {
    problems.push({ path, message: 'a tcp listener needs an upstream', isMissingFrom: [path] })
  }
  if (compress !== undefined) {
    addKey('compress', 'only HTTP has responses to compress: leave it out of a tcp listener')
  }
  return problems
}

/** What of an upstream only HTTP has. */
function checkTcpUpstream(name: string, upstreams: LooseConfig['upstreams']): Problem[] {
  const one = upstreams?.[name] ?? {}
  const { hash, sticky } = one
  const problems: Problem[] = []
  if (hash !== undefined && hash !== null && hash !== 'address') {
    const message = 'a tcp listener leads here, whose connections have only an address to go by'
    problems.push({ path: ['upstreams', name, 'hash'], message, isAboutKey: true })
  }
  if (sticky !== undefined) {
    const message = 'a tcp listener leads here, whose connections have no cookies'
    problems.push({ path: ['upstreams', name, 'sticky'], message, isAboutKey: true })
  }
  const message = 'a tcp listener leads here, whose connections have no requests'
  for (const key of ['retry', 'hedge'] as const) {
    if (one[key] === undefined) continue
    problems.push({ path: ['upstreams', name, key], message, isAboutKey: true })
  }
  if (one.timeouts?.total !== undefined) {
    problems.push({ path: ['upstreams', name, 'timeouts', 'total'], message, isAboutKey: true })
  }
  return problems
}
