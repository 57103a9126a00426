import { parseRate } from '../engine/quantity.ts'
import type { GateSpec, RateLimitSpec } from '../program/spec.ts'
import type { ConfigInput } from './schema/config.ts'
import { withoutUndefined } from './without-undefined.ts'

type GatesInput = Pick<ConfigInput['listeners'][number], 'rateLimit'>
type RateLimitInput = Extract<NonNullable<GatesInput['rateLimit']>, { rate: unknown }>

/** What a listener or route refuses. Limits without a name of their own get that of `owner`. */
export function normaliseGates({ rateLimit }: GatesInput, owner: string): GateSpec {
  if (rateLimit === undefined) return {}
  const limits = Array.isArray(rateLimit) ? rateLimit : [rateLimit]
  return { rateLimits: limits.map((one, index) => normaliseLimit(one, `${owner} ${index}`)) }
}

function normaliseLimit(
  { rate, burst, key, name }: RateLimitInput,
  ownName: string,
): RateLimitSpec {
  const perSecond = parseRate(rate)
  if (perSecond === undefined) throw new TypeError(`no rate: ${rate}`)
  // Names that are given have no spaces: they never meet the others.
  return withoutUndefined({ rate: perSecond, burst, key, name: name ?? ownName })
}
