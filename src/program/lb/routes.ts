import type { RouteRule } from '../../filters/route.ts'
import type { RouteSpec } from '../spec.ts'
import type { Upstream } from './upstream.ts'

/** The upstream of routes that send everything to one and change nothing; -1 for others. */
export function plainUpstream(routes: readonly RouteSpec[]): number {
  const [route, ...others] = routes
  const isPlain =
    route !== undefined && others.length === 0 && Object.keys(route.match).length === 0
  return isPlain ? route.action.upstream : -1
}

/** Indices of all upstreams that routes lead to. */
export function upstreamsOf(routes: readonly RouteSpec[]): number[] {
  return [...new Set(routes.map(({ action }) => action.upstream))]
}

/** What the `route` filter is told of a route. */
export function toRule({ match, action }: RouteSpec, upstreams: readonly Upstream[]): RouteRule {
  return { ...match, to: (upstreams[action.upstream] as Upstream).pipeline }
}
