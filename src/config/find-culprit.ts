import type { LbListenSpec, LoadBalancerSpec, RouteSpec, UpstreamSpec } from '../program/spec.ts'
import type { Path } from './problem.ts'
import type { Config } from './schema/config.ts'

/**
 * Finds the section of a config to blame for what its program cannot be made of: the one that fails
 * alone as well. The schema should know of everything that can fail; this tells at least the place of
 * what it does not.
 */
export function findCulprit(
  config: Config,
  spec: LoadBalancerSpec,
  build: (spec: LoadBalancerSpec) => unknown,
): Path {
  const fails = (listen: LbListenSpec, upstreams: UpstreamSpec[] = spec.upstreams): boolean => {
    try {
      build({ ...spec, listen: [listen], upstreams })
      return false
    } catch {
      return true
    }
  }
  for (const upstream of spec.upstreams) {
    const listen = { host: '', port: 0, name: '', service: toFirstUpstream }
    if (fails(listen, [upstream])) return ['upstreams', upstream.name]
  }
  for (const [index, listen] of spec.listen.entries()) {
    const { service } = listen
    const path = ['listeners', index]
    if (service.protocol !== 'http') {
      if (fails(listen)) return path
      continue
    }
    if (fails({ ...listen, service: { protocol: 'http', routes: [] } })) return path
    const { routes, upstream } = config.listeners[index] ?? {}
    const found = service.routes.findIndex((route) =>
      fails({ ...listen, service: { protocol: 'http', routes: [route] } }),
    )
    if (found < 0) continue
    if (upstream !== undefined) return path
    return routes === undefined ? ['routes', found] : [...path, 'routes', found]
  }
  return []
}

const anyRequest: RouteSpec = {
  name: '',
  match: {},
  action: { kind: 'forward', shares: [{ upstream: 0, weight: 1 }] },
}

const toFirstUpstream = { protocol: 'http' as const, routes: [anyRequest] }
