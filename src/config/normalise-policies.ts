import type { EjectionPolicy } from '../balancer/ejector.ts'
import { STICKY_DEFAULTS, type StickyCookieOptions } from '../balancer/sticky-cookie.ts'
import type { RoutePolicySpec } from '../program/spec.ts'
import type {
  CheckSpec,
  CircuitSpec,
  HealthSpec,
  HedgeSpec,
  RetrySpec,
  UpstreamPolicies,
} from '../program/upstream-policies.ts'
import { milliseconds } from './duration.ts'
import {
  CIRCUIT_DEFAULTS,
  EJECTION_DEFAULTS,
  HEALTH_DEFAULTS,
  RETRY_DEFAULTS,
} from './policy-defaults.ts'
import type { ConfigInput } from './schema/config.ts'

type RouteInput = NonNullable<ConfigInput['routes']>[number]
type UpstreamInput = NonNullable<ConfigInput['upstreams']>[string]
type Section<K extends keyof UpstreamInput> = NonNullable<UpstreamInput[K]>

/** What an upstream does beyond the plain. */
export function normalisePolicies(upstream: UpstreamInput): UpstreamPolicies {
  const total = upstream.timeouts?.total
  const { hash, sticky, slowStart, panicShare, zone, health, ejection, retry, hedge, circuit } =
    upstream
  const { proxyProtocol } = upstream
  return {
    ...(hash !== undefined && { hash }),
    ...(sticky !== undefined && { sticky: stickyCookie(sticky) }),
    ...(slowStart !== undefined && { slowStartMs: milliseconds(slowStart) }),
    ...(panicShare !== undefined && { panicShare }),
    ...(zone !== undefined && { zone }),
    ...(health !== undefined && { health: probes(health) }),
    ...(ejection !== undefined && { ejection: ejections(ejection) }),
    ...(retry !== undefined && { retry: retries(retry) }),
    ...(hedge !== undefined && { hedge: hedging(hedge) }),
    ...(circuit !== undefined && { circuit: limits(circuit) }),
    ...(proxyProtocol !== undefined && { proxyProtocol }),
    ...(total !== undefined && { totalTimeoutMs: milliseconds(total) }),
  }
}

function stickyCookie(given: Section<'sticky'>): StickyCookieOptions {
  const { cookie, secret, path, domain, maxAge, sameSite, secure } = withDefaults(
    STICKY_DEFAULTS,
    given,
  )
  return {
    cookie,
    secret,
    path,
    ...(domain !== undefined && { domain }),
    maxAgeSeconds: Math.ceil(milliseconds(maxAge) / 1000),
    sameSite,
    isSecure: secure,
  }
}

function probes(given: Section<'health'>): HealthSpec {
  const health = withDefaults(HEALTH_DEFAULTS, given)
  return {
    check: check(given),
    intervalMs: milliseconds(health.interval),
    unhealthyIntervalMs: milliseconds(health.unhealthyInterval),
    timeoutMs: milliseconds(health.timeout),
    healthyThreshold: health.healthyThreshold,
    unhealthyThreshold: health.unhealthyThreshold,
  }
}

function check({ type = HEALTH_DEFAULTS.type, ...given }: Section<'health'>): CheckSpec {
  if (type !== 'http') return { type }
  const { method, path, status } = withDefaults(HEALTH_DEFAULTS, given)
  const statuses = typeof status === 'object' ? status : [status]
  const { host = '', body = '' } = given
  return { type, method, path, host, statuses: statuses.map(statusRange), body }
}

function statusRange(status: number | string): [number, number] {
  const [from, to = from] = String(status).split('-').map(Number)
  return [from as number, to as number]
}

function ejections(given: Section<'ejection'>): EjectionPolicy {
  const { latencyFloor, interval, duration, maxDuration, maxShare, ...numbers } = withDefaults(
    EJECTION_DEFAULTS,
    given,
  )
  return {
    ...numbers,
    latencyFloorMs: milliseconds(latencyFloor),
    intervalMs: milliseconds(interval),
    ejectionMs: milliseconds(duration),
    maxEjectionMs: milliseconds(maxDuration),
    maxEjectedShare: maxShare,
  }
}

/** What a route says instead of its upstreams; undefined if it says nothing. */
export function normaliseRoutePolicy({
  timeouts,
  retry,
  hedge,
}: Pick<RouteInput, 'timeouts' | 'retry' | 'hedge'>): RoutePolicySpec | undefined {
  if (timeouts === undefined && retry === undefined && hedge === undefined) return undefined
  const { response, total } = timeouts ?? {}
  return {
    ...(response !== undefined && { responseMs: milliseconds(response) }),
    ...(total !== undefined && { totalMs: milliseconds(total) }),
    ...(retry !== undefined && { retry: retries(retry) }),
    ...(hedge !== undefined && { hedge: hedging(hedge) }),
  }
}

function hedging({ after }: Section<'hedge'>): HedgeSpec {
  return { afterMs: milliseconds(after) }
}

function retries(given: Section<'retry'>): RetrySpec {
  const { attempts, statuses, budget, minPerSecond } = withDefaults(RETRY_DEFAULTS, given)
  return {
    attempts,
    statuses: [...statuses],
    budgetRatio: budget,
    budgetPerSecond: minPerSecond,
  }
}

function limits(given: Section<'circuit'>): CircuitSpec {
  const { pendingTimeout, maxDelay, ...numbers } = withDefaults(CIRCUIT_DEFAULTS, given)
  return {
    ...numbers,
    pendingTimeoutMs: milliseconds(pendingTimeout),
    ...(maxDelay !== undefined && { maxDelayMs: milliseconds(maxDelay) }),
  }
}

/** What is given, and a default for each key that has one and is left out. */
type WithDefaults<D, G> = {
  [K in keyof D | keyof G]: K extends keyof G
    ? K extends keyof D
      ? Exclude<G[K], undefined> | D[K]
      : G[K]
    : D[K & keyof D]
}

function withDefaults<D extends object, G extends object>(
  defaults: D,
  given: G,
): WithDefaults<D, G> {
  const entries = Object.entries(given).filter(([, value]) => value !== undefined)
  return { ...defaults, ...Object.fromEntries(entries) } as WithDefaults<D, G>
}
