import { readDuration } from '../engine/quantity.ts'
import { DEFAULTS } from './defaults.ts'
import { CIRCUIT_DEFAULTS } from './policy-defaults.ts'
import type { Path, Problem } from './problem.ts'
import type { Config } from './schema/config.ts'
import type { Loose } from './sound-part.ts'

type LooseConfig = NonNullable<Loose<Config>>

/** A key that means nothing where there are connections only. */
interface HttpOnly {
  readonly key: Path
  /** What is wrong with it and how to mend it. */
  readonly message: string
  /** Whether a value says nothing; besides, it may be missing. */
  readonly isHarmless?: (value: unknown) => boolean
}

const LEAVE_OUT = 'leave it out of a tcp listener, or choose protocol: http'
const NO_REQUESTS = `only HTTP has requests: ${LEAVE_OUT}`
const NO_WAITING = 'only HTTP has requests to wait for: use timeouts.idle instead'

/** What only listeners of HTTP have; a test asks of every key of listeners whether it belongs here. */
export const HTTP_ONLY_OF_LISTENERS: readonly HttpOnly[] = [
  {
    key: ['rateLimit'],
    message: 'only HTTP has requests to limit: use limits.maxConnections instead',
  },
  {
    key: ['routes'],
    message: 'only HTTP has routes: give the tcp listener an upstream instead',
  },
  {
    key: ['compress'],
    message: 'only HTTP has responses to compress: leave it out of a tcp listener',
    isHarmless: isOneOf(false),
  },
  {
    key: ['httpLenientLf'],
    message: `only HTTP has lines to read: ${LEAVE_OUT}`,
    isHarmless: isOneOf(false),
  },
  { key: ['limits', 'maxHeaders'], message: NO_REQUESTS },
  { key: ['limits', 'maxHeadBytes'], message: NO_REQUESTS },
  { key: ['limits', 'maxRequestLineBytes'], message: NO_REQUESTS },
  { key: ['limits', 'maxBodyBytes'], message: NO_REQUESTS },
  { key: ['limits', 'minBodyRate'], message: NO_REQUESTS },
  { key: ['limits', 'maxChunkExtensionBytes'], message: NO_REQUESTS },
  { key: ['limits', 'maxTrailerBytes'], message: NO_REQUESTS },
  { key: ['limits', 'maxRequestsPerConnection'], message: NO_REQUESTS },
  { key: ['limits', 'maxPipelinedRequests'], message: NO_REQUESTS },
  { key: ['timeouts', 'requestHead'], message: NO_WAITING },
  { key: ['timeouts', 'requestBody'], message: NO_WAITING },
  { key: ['timeouts', 'keepAlive'], message: NO_WAITING },
]

const LEADS_HERE = 'a tcp listener leads here, whose connections have'
const NO_REQUESTS_HERE = `${LEADS_HERE} no requests`
const NO_WAITING_HERE = `${NO_REQUESTS_HERE} to wait for: use timeouts.idle instead`

/** The same of upstreams that a tcp listener leads to. */
export const HTTP_ONLY_OF_UPSTREAMS: readonly HttpOnly[] = [
  {
    key: ['hash'],
    message: `${LEADS_HERE} only an address to go by`,
    isHarmless: isOneOf('address', null),
  },
  { key: ['sticky'], message: `${LEADS_HERE} no cookies` },
  { key: ['retry'], message: NO_REQUESTS_HERE },
  { key: ['hedge'], message: NO_REQUESTS_HERE },
  {
    key: ['timeouts', 'response'],
    message: NO_WAITING_HERE,
    isHarmless: lasts(DEFAULTS.responseTimeout),
  },
  {
    key: ['timeouts', 'progress'],
    message: NO_WAITING_HERE,
    isHarmless: lasts(DEFAULTS.responseTimeout),
  },
  { key: ['timeouts', 'total'], message: NO_WAITING_HERE },
  {
    key: ['circuit', 'maxRequests'],
    message: `${NO_REQUESTS_HERE}: limit maxConnections of its endpoints instead`,
    isHarmless: isOneOf(CIRCUIT_DEFAULTS.maxRequests),
  },
  {
    key: ['circuit', 'maxRetries'],
    message: NO_REQUESTS_HERE,
    isHarmless: isOneOf(CIRCUIT_DEFAULTS.maxRetries),
  },
  { key: ['circuit', 'maxDelay'], message: NO_REQUESTS_HERE },
]

/** What tcp listeners, and upstreams that they lead to, have that only HTTP knows. */
export function checkTcp({ listeners, upstreams }: LooseConfig): Problem[] {
  const problems: Problem[] = []
  const names = new Set<string>()
  for (const [index, listener] of (listeners ?? []).entries()) {
    if (listener?.protocol !== 'tcp') continue
    problems.push(...found(HTTP_ONLY_OF_LISTENERS, listener, ['listeners', index]))
    if (typeof listener.upstream === 'string') names.add(listener.upstream)
  }
  for (const name of names) {
    problems.push(...found(HTTP_ONLY_OF_UPSTREAMS, upstreams?.[name], ['upstreams', name]))
  }
  return problems
}

function found(keys: readonly HttpOnly[], section: unknown, path: Path): Problem[] {
  return keys
    .filter(({ key, isHarmless }) => {
      const value = valueIn(section, key)
      return value !== undefined && isHarmless?.(value) !== true
    })
    .map(({ key, message }) => ({ path: [...path, ...key], message, isAboutKey: true }))
}

function isOneOf(...values: unknown[]): (value: unknown) => boolean {
  return (value) => values.includes(value)
}

/** Whether a value is this time, however it is written. */
function lasts(time: string): (value: unknown) => boolean {
  return (value) =>
    (typeof value === 'string' || typeof value === 'number') &&
    readDuration(value) === readDuration(time)
}

function valueIn(section: unknown, key: Path): unknown {
  return key.reduce<unknown>(
    (at, part) => (at as Record<string | number, unknown> | null | undefined)?.[part],
    section,
  )
}
