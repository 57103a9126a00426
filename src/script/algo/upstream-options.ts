import type { BalancerRecipe, EndpointRecipe } from '../../balancer/create-balancer.ts'
import { BALANCES, type Balance, CONSISTENT } from '../../balancer/pickers.ts'
import {
  COOKIE_ATTRIBUTE,
  STICKY_DEFAULTS,
  type StickyCookieOptions,
} from '../../balancer/sticky-cookie.ts'
import { readDuration } from '../../engine/quantity.ts'
import { type ReadKey, type RequestKey, readerOf } from '../../filters/http/request-key.ts'
import { checkOptionalObject, expected } from '../arguments.ts'

/** An endpoint of an `Upstream`. */
export interface EndpointOptions {
  readonly address: string
  readonly weight?: number
  /** 0 is used first; higher ones when less than half of the weight below is up. */
  readonly priority?: number
  readonly zone?: string
}

/** A cookie that ties clients to the endpoint they got first. */
export interface StickyOptions {
  readonly cookie?: string
  /** Without it, whoever knows the endpoints can make the cookie of one. */
  readonly secret?: string
  readonly path?: string
  readonly domain?: string
  /** How long the browser keeps it; 0 until it is closed. */
  readonly maxAge?: number | string
  readonly sameSite?: 'Strict' | 'Lax' | 'None'
  readonly secure?: boolean
}

/** Settings of an `Upstream`, with the names and meanings that they have in configs. */
export interface UpstreamOptions {
  readonly endpoints: readonly (string | EndpointOptions)[]
  readonly balance?: Balance
  /** What maglev and bounded-ring choose by. */
  readonly hash?: RequestKey | (() => unknown)
  readonly sticky?: StickyOptions
  /** How long it takes until an endpoint that returns has its whole share. */
  readonly slowStart?: number | string
  readonly zone?: string
  readonly panicShare?: number
}

/** What an `Upstream` is made of. */
export interface UpstreamRecipe extends BalancerRecipe {
  readonly keyOf: ReadKey | undefined
  readonly sticky: StickyCookieOptions | undefined
}

const MAX_WEIGHT = 256
const MAX_PRIORITY = 100
/** RFC 6265 §4.1.1: a token. */
const COOKIE_NAME = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const SAME_SITES: readonly string[] = ['Strict', 'Lax', 'None']

/** Checks the options of an `Upstream`; throws an error that names what is wrong. */
export function readUpstreamOptions(options: UpstreamOptions): UpstreamRecipe {
  const given = checkOptionalObject(options, 1) ?? expected(1, 'an object')
  const { balance = 'round-robin', hash, sticky, slowStart = 0, zone = '', panicShare = 0 } = given
  if (!BALANCES.includes(balance)) wrong('balance', `one of ${BALANCES.join(', ')}`)
  if (CONSISTENT.includes(balance) && hash === undefined) {
    throw new TypeError(`${balance} needs option hash: what it goes by, such as 'address'`)
  }
  if (!CONSISTENT.includes(balance) && hash !== undefined) {
    throw new TypeError(`${balance} does not hash: choose ${CONSISTENT.join(' or ')}`)
  }
  const isShare = typeof panicShare === 'number' && panicShare >= 0 && panicShare <= 1
  return {
    endpoints: readEndpoints(given.endpoints),
    balance,
    keyOf: hash === undefined ? undefined : readKey(hash),
    sticky: sticky === undefined ? undefined : readSticky(sticky),
    slowStartMs: readTime('slowStart', slowStart),
    zone: readText('zone', zone),
    panicShare: isShare ? panicShare : wrong('panicShare', 'a number from 0 to 1'),
  }
}

function readEndpoints(given: unknown): EndpointRecipe[] {
  if (!Array.isArray(given) || given.length === 0) {
    wrong('endpoints', 'a list of at least one address, or object with an address')
  }
  const endpoints = given.map(readEndpoint)
  for (const [i, { address }] of endpoints.entries()) {
    if (endpoints.findIndex((one) => one.address === address) === i) continue
    throw new TypeError(`option endpoints has ${address} twice`)
  }
  return endpoints
}

function readEndpoint(given: unknown, index: number): EndpointRecipe {
  const name = `endpoints[${index}]`
  const one = typeof given === 'string' ? { address: given } : given
  if (typeof one !== 'object' || one === null) wrong(name, 'an address, or an object with one')
  const { address, weight = 1, priority = 0, zone = '' } = one as Partial<EndpointOptions>
  if (typeof address !== 'string' || address === '') wrong(`${name}.address`, 'a text')
  return {
    address,
    weight: readWhole(`${name}.weight`, weight, 1, MAX_WEIGHT),
    priority: readWhole(`${name}.priority`, priority, 0, MAX_PRIORITY),
    zone: readText(`${name}.zone`, zone),
  }
}

function readKey(hash: NonNullable<UpstreamOptions['hash']>): ReadKey {
  return typeof hash === 'function' ? () => String(hash()) : readerOf(hash)
}

function readSticky(given: StickyOptions): StickyCookieOptions {
  if (typeof given !== 'object' || given === null) wrong('sticky', 'an object')
  const { cookie, secret, path, domain, maxAge, sameSite, secure } = {
    ...STICKY_DEFAULTS,
    domain: undefined,
    ...given,
  }
  if (!COOKIE_NAME.test(readText('sticky.cookie', cookie))) wrong('sticky.cookie', 'a name')
  for (const [name, value = ''] of Object.entries({ path, domain })) {
    if (!COOKIE_ATTRIBUTE.test(readText(`sticky.${name}`, value))) {
      wrong(`sticky.${name}`, 'a text without semicolons and control characters')
    }
  }
  if (!SAME_SITES.includes(sameSite)) wrong('sticky.sameSite', SAME_SITES.join(', '))
  if (typeof secure !== 'boolean') wrong('sticky.secure', 'true or false')
  return {
    cookie,
    secret: readText('sticky.secret', secret),
    path,
    ...(domain !== undefined && { domain }),
    maxAgeSeconds: Math.ceil(readTime('sticky.maxAge', maxAge) / 1000),
    sameSite,
    isSecure: secure,
  }
}

function readTime(name: string, value: number | string): number {
  return readDuration(value) ?? wrong(name, 'a number of seconds, or a text such as 500ms or 2m')
}

function readWhole(name: string, value: number, min: number, max: number): number {
  const isWithin = Number.isInteger(value) && value >= min && value <= max
  return isWithin ? value : wrong(name, `a whole number from ${min} to ${max}`)
}

function readText(name: string, value: string): string {
  return typeof value === 'string' ? value : wrong(name, 'a text')
}

function wrong(name: string, what: string): never {
  throw new TypeError(`option ${name} must be ${what}`)
}
