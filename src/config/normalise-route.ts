import { resolve } from 'node:path'
import type { CompressionOptions } from '../filters/compress/compression-policy.ts'
import type {
  ActionSpec,
  MatchSpec,
  PathMatchSpec,
  RewriteSpec,
  RouteSpec,
  ValueMatchSpec,
} from '../program/spec.ts'
import { DEFAULTS } from './defaults.ts'
import { normaliseGates } from './normalise-gates.ts'
import { normaliseRoutePolicy } from './normalise-policies.ts'
import type { ConfigInput } from './schema/config.ts'
import { withoutUndefined } from './without-undefined.ts'

export type RouteInput = NonNullable<ConfigInput['routes']>[number]
type MatchInput = NonNullable<RouteInput['match']>
type RewriteInput = NonNullable<RouteInput['rewrite']>

/** What a route gets from its surroundings. */
export interface RoutePlace {
  readonly index: number
  /** Whose route it is: names what it shares with no other. */
  readonly owner: string
  /** Knows the upstreams. */
  readonly indexOf: (upstream: string) => number
  /** Where relative paths start. */
  readonly folder: string
  /** What its listener says. */
  readonly compress: RouteInput['compress']
}

export function normaliseRoute(route: RouteInput, place: RoutePlace): RouteSpec {
  const { index, owner } = place
  const { match = {}, rewrite, requestHeaders, responseHeaders, mirror } = route
  const { prefix = '' } = match.path ?? {}
  const name = route.name ?? String(index)
  return withoutUndefined({
    name,
    match: normaliseMatch(match),
    action: normaliseAction(route, prefix, place),
    access: route.access && withoutUndefined(route.access),
    ...normaliseGates(route, `${owner} route ${name}`),
    policy: normaliseRoutePolicy(route),
    rewrite: rewrite && normaliseRewrite(rewrite, prefix),
    requestHeaders: requestHeaders && withoutUndefined(requestHeaders),
    responseHeaders: responseHeaders && withoutUndefined(responseHeaders),
    mirror: mirror && {
      upstream: place.indexOf(mirror.upstream),
      percent: mirror.percent ?? DEFAULTS.mirrorPercent,
    },
    compress: normaliseCompression(route.compress ?? place.compress ?? false),
  })
}

function normaliseCompression(
  compress: NonNullable<RouteInput['compress']>,
): CompressionOptions | undefined {
  if (typeof compress === 'boolean') return compress ? {} : undefined
  return withoutUndefined(compress)
}

function normaliseMatch({ host, path, method, headers, query }: MatchInput): MatchSpec {
  return withoutUndefined({
    host: host?.toLowerCase(),
    // One of its keys is there: the schema has seen to it.
    path: path as PathMatchSpec | undefined,
    method: typeof method === 'string' ? [method] : method,
    headers: headers && normaliseValues(headers),
    query: query && normaliseValues(query),
  })
}

function normaliseValues(
  values: NonNullable<MatchInput['headers']>,
): Record<string, ValueMatchSpec> {
  const entries = Object.entries(values).map(([name, value]) => [
    name,
    typeof value === 'string' ? { exact: value } : value,
  ])
  return Object.fromEntries(entries) as Record<string, ValueMatchSpec>
}

/** `prefix` is the one that the route asks for. */
function normaliseAction(
  { upstream, split, redirect, respond, files }: RouteInput,
  prefix: string,
  { indexOf, folder }: RoutePlace,
): ActionSpec {
  if (redirect !== undefined) {
    const { path, status = DEFAULTS.redirectStatus, ...rest } = redirect
    const spec = { ...rest, status, path: path && normaliseRewrite(path, prefix) }
    return { kind: 'redirect', redirect: withoutUndefined(spec) }
  }
  if (respond !== undefined) {
    const { status = DEFAULTS.respondStatus, headers = {}, body = '' } = respond
    return { kind: 'respond', status, headers, body }
  }
  if (files !== undefined) {
    const { index = DEFAULTS.index, root } = files
    return withoutUndefined({ kind: 'files', ...files, index, root: resolve(folder, root) })
  }
  const shares = split ?? [{ upstream: upstream ?? '' }]
  return {
    kind: 'forward',
    shares: shares.map((share: { upstream: string; weight?: number | undefined }) => ({
      upstream: indexOf(share.upstream),
      weight: share.weight ?? DEFAULTS.weight,
    })),
  }
}

function normaliseRewrite(rewrite: RewriteInput, prefix: string): RewriteSpec {
  if (rewrite.prefix !== undefined) return { prefix, to: rewrite.prefix }
  const { regex, to = '/' } = rewrite
  return regex === undefined ? { to } : { regex, to }
}
