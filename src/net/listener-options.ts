import {
  MAX_DURATION_MS,
  parseDuration,
  parseSize,
  SIZE_FORM,
  TIME_FORM,
} from '../engine/quantity.ts'
import { type AccessRules, readAccess } from './access.ts'
import { isNetwork } from './address-list.ts'
import {
  DEFAULT_LIMITS,
  DEFAULT_LISTENER_TIMEOUTS,
  LIMIT_RANGES,
  type ListenerLimits,
  type ListenerPolicy,
  type ListenerTimeouts,
} from './listener-policy.ts'

type TimeoutName<Key extends string> = Key extends `${infer Name}Ms` ? Name : never

/** The names that scripts use: those of `ListenerTimeouts` without their unit. */
export type ListenerTimeoutName = TimeoutName<keyof ListenerTimeouts>

/** What a script's `listen` says of limits and time-outs. */
export interface ListenerOptions {
  /** A bare LF ends a line of a request, too. */
  httpLenientLf?: boolean | undefined
  /** Connections begin with a PROXY header; those from elsewhere than `from` are refused. */
  proxyProtocol?: boolean | { from?: string[] | undefined } | undefined
  /** Whose connections are accepted. */
  access?: AccessRules | undefined
  /** Numbers, or sizes such as `'16k'`. */
  limits?: { [Name in keyof ListenerLimits]?: number | string | undefined } | undefined
  /** Seconds, or texts such as `'1.5s'` or `'2m'`; 0 waits for ever. */
  timeouts?: { [Name in ListenerTimeoutName]?: number | string | undefined } | undefined
}

/** Checks the options of a script's `listen`; throws a TypeError or RangeError that names what is wrong. */
export function readListenerPolicy(options: ListenerOptions): ListenerPolicy {
  const { httpLenientLf, proxyProtocol = false, access, limits, timeouts } = options
  if (httpLenientLf !== undefined && typeof httpLenientLf !== 'boolean') {
    throw new TypeError('option httpLenientLf must be true or false')
  }
  return {
    ...(httpLenientLf !== undefined && { httpLenientLf }),
    ...(proxyProtocol !== false && { proxyProtocol: readProxyProtocol(proxyProtocol) }),
    ...(access !== undefined && { access: readAccess(access, 'option access') }),
    ...(limits !== undefined && { limits: readLimits(limits) }),
    ...(timeouts !== undefined && { timeouts: readTimeouts(timeouts) }),
  }
}

/** Checks one limit, a number; throws a RangeError that begins with `name`. */
export function checkLimit(name: string, key: keyof ListenerLimits, value: number): number {
  const { min, max } = LIMIT_RANGES[key]
  if (Number.isInteger(value) && value >= min && value <= max) return value
  throw new RangeError(`${name} must be a whole number from ${min} to ${max}, not ${value}`)
}

function readProxyProtocol(given: unknown): { from: readonly string[] } {
  if (given === true) return { from: [] }
  if (typeof given !== 'object' || given === null) {
    throw new TypeError('option proxyProtocol must be true, false or an object')
  }
  const unknown = Object.keys(given).find((key) => key !== 'from')
  if (unknown !== undefined) throw new TypeError(`listen has no option proxyProtocol.${unknown}`)
  const from: unknown = 'from' in given ? given.from : undefined
  if (from === undefined) return { from: [] }
  if (!Array.isArray(from) || from.length === 0) {
    throw new TypeError('option proxyProtocol.from must be a list of at least one network')
  }
  const wrong: unknown = from.find((one) => typeof one !== 'string' || !isNetwork(one))
  if (wrong !== undefined) {
    throw new TypeError(
      `option proxyProtocol.from must have addresses or networks such as "10.0.0.0/8", not ${JSON.stringify(wrong)}`,
    )
  }
  return { from }
}

function readLimits(given: object): Partial<ListenerLimits> {
  const read: Partial<ListenerLimits> = {}
  for (const [key, value] of entriesOf(given, 'limits', SIZE_FORM)) {
    if (!isNameIn(key, DEFAULT_LIMITS)) throw new TypeError(`listen has no option limits.${key}`)
    read[key] = checkLimit(`option limits.${key}`, key, parseSize(value))
  }
  return read
}

function readTimeouts(given: object): Partial<ListenerTimeouts> {
  const read: Partial<ListenerTimeouts> = {}
  for (const [name, value] of entriesOf(given, 'timeouts', TIME_FORM)) {
    const key = `${name}Ms`
    if (!isNameIn(key, DEFAULT_LISTENER_TIMEOUTS)) {
      throw new TypeError(`listen has no option timeouts.${name}`)
    }
    const ms = Math.round(parseDuration(value))
    if (!(ms >= 0 && ms <= MAX_DURATION_MS)) {
      throw new RangeError(`option timeouts.${name} is out of range: ${value}`)
    }
    read[key] = ms
  }
  return read
}

function entriesOf(given: unknown, name: string, pattern: RegExp): [string, number | string][] {
  if (typeof given !== 'object' || given === null) {
    throw new TypeError(`option ${name} must be an object`)
  }
  const entries = Object.entries(given).filter(([, value]) => value !== undefined)
  return entries.map(([key, value]) => {
    if (typeof value === 'number') return [key, value]
    if (typeof value === 'string' && pattern.test(value)) return [key, value]
    throw new TypeError(`option ${name}.${key} must be a number or a text such as "10s" or "16k"`)
  })
}

/** What is misspelt must not pass for a limit. */
function isNameIn<T extends object>(key: string, table: T): key is keyof T & string {
  return Object.hasOwn(table, key)
}
