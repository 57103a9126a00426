import { Message } from '../../engine/message.ts'
import { httpDate } from '../../filters/http/http-date.ts'
import type { Share } from '../../filters/route/weighted-turns.ts'
import type { RouteRule } from '../../filters/route.ts'
import { tellPolicy } from '../../filters/tell-policy.ts'
import type { Builder } from '../configuration.ts'
import type { ActionSpec, RouteSpec } from '../spec.ts'
import { openGates } from './gates.ts'
import type { Upstream } from './upstream.ts'

/** The upstream of routes that send everything to one and change nothing; -1 for others. */
export function plainUpstream(routes: readonly RouteSpec[]): number {
  const [route, ...others] = routes
  if (route === undefined || others.length > 0 || !isPlain(route)) return -1
  if (Object.keys(route.match).length > 0 || route.action.kind !== 'forward') return -1
  const [share, ...more] = route.action.shares
  return share === undefined || more.length > 0 ? -1 : share.upstream
}

/** Indices of all upstreams that routes lead to. */
export function upstreamsOf(routes: readonly RouteSpec[]): number[] {
  const indices = routes.flatMap(({ action, mirror }) => [
    ...(action.kind === 'forward' ? action.shares.map(({ upstream }) => upstream) : []),
    ...(mirror === undefined ? [] : [mirror.upstream]),
  ])
  return [...new Set(indices)]
}

/** What the `route` filter is told of a route, whose own pipeline has the name `pipeline`. */
export function toRule(
  route: RouteSpec,
  pipeline: string,
  upstreams: readonly Upstream[],
): RouteRule {
  const { match, action } = route
  if (action.kind !== 'forward' || !isPlain(route)) return { ...match, to: pipeline }
  return { ...match, to: toShares(action, upstreams) }
}

/**
 * Adds the pipeline of a route that does more than choose an upstream. `mirrorOf` tells where copies for
 * an upstream go.
 */
export function addRoute(
  program: Builder,
  route: RouteSpec,
  pipeline: string,
  upstreams: readonly Upstream[],
  mirrorOf: (upstream: number) => string,
): void {
  const { action, policy, rewrite, requestHeaders, responseHeaders, mirror, compress } = route
  if (action.kind === 'forward' && isPlain(route)) return
  program.pipeline(pipeline)
  if (compress !== undefined) {
    const inner = `${pipeline} uncompressed`
    program.compressResponse(inner, compress).pipeline(inner)
  }
  const addEnd = (): void => {
    if (responseHeaders !== undefined) program.changeResponse(responseHeaders)
  }
  const hasGates = openGates(program, pipeline, route, addEnd)
  if (policy !== undefined) program.append(tellPolicy, [policy])
  if (rewrite !== undefined || requestHeaders !== undefined) {
    program.changeRequest({
      ...(rewrite !== undefined && { path: rewrite }),
      ...(requestHeaders !== undefined && { headers: requestHeaders }),
    })
  }
  if (mirror !== undefined) {
    program.mirror(mirrorOf(mirror.upstream), mirror.percent)
  }
  switch (action.kind) {
    case 'forward':
      addForward(program, toShares(action, upstreams))
      break
    case 'redirect':
      program.redirect(action.redirect)
      break
    case 'files': {
      const { kind: _, root, ...options } = action
      program.serveFiles(root, options)
      break
    }
    case 'respond': {
      const { status, headers, body } = action
      // A new one each time: the filters behind may change it.
      const isDated = Object.keys(headers).some((name) => name.toLowerCase() === 'date')
      program.replaceMessage(() => {
        const date = isDated ? {} : { date: httpDate() }
        return new Message({ status, headers: { ...date, ...headers } }, body)
      })
      break
    }
  }
  if (!hasGates) addEnd()
}

function addForward(program: Builder, shares: readonly Share[]): void {
  const [share, ...others] = shares
  if (share !== undefined && others.length === 0) program.link(share.pipeline)
  else program.route([{ to: shares }])
}

/** Whether a route changes and refuses nothing on the way. */
function isPlain(route: RouteSpec): boolean {
  const { rewrite, requestHeaders, responseHeaders, mirror, compress } = route
  const { policy, access, rateLimits } = route
  const changes = [rewrite, requestHeaders, responseHeaders, mirror, compress]
  return [...changes, policy, access, rateLimits].every((one) => one === undefined)
}

function toShares(
  { shares }: ActionSpec & { kind: 'forward' },
  upstreams: readonly Upstream[],
): Share[] {
  return shares.map(({ upstream, weight }) => {
    return { pipeline: (upstreams[upstream] as Upstream).pipeline, weight }
  })
}
