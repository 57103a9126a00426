import { z } from 'zod'
import { readDuration } from '../../engine/quantity.ts'
import { isNetwork } from '../../net/address-list.ts'
import { parseAddress, parseTargetAddress } from '../../program/parse-address.ts'

/** Each of these says in `expected` what it takes: that text is all that its errors say. */

const DURATION = 'a duration such as 500ms, 5s or 2m'
const LISTEN_ADDRESS = 'a port, host:port, [ipv6]:port or unix:/path'
const NETWORK = 'an IP address, or a network such as 10.0.0.0/8 or fd00::/8'
const TARGET_ADDRESS = 'host:port, [ipv6]:port or unix:/path, with a port from 1 to 65535'

/** Seconds, or a text with a unit. */
export const duration = z
  .union([z.number(), z.string()], { error: expected(DURATION) })
  .refine((value) => readDuration(value) !== undefined, { error: expected(DURATION) })
  .meta({ title: 'time' })

const SOME_TIME = `${DURATION}, more than 0`

/** A duration in which something has to happen. */
export const someTime = z
  .union([z.number(), z.string()], { error: expected(SOME_TIME) })
  .refine((value) => (readDuration(value) ?? 0) > 0, { error: expected(SOME_TIME) })
  .meta({ title: 'time' })

/** Where to accept. */
export const listenAddress = z
  .union([z.int(), z.string()], { error: expected(LISTEN_ADDRESS) })
  .refine((value) => isAddress(() => parseAddress(String(value), '0.0.0.0')), {
    error: expected(LISTEN_ADDRESS),
  })
  .meta({ title: 'address' })

/** Where to connect to. */
export const targetAddress = z
  .union([z.int(), z.string()], { error: expected(TARGET_ADDRESS) })
  .refine((value) => isAddress(() => parseTargetAddress(String(value))), {
    error: expected(TARGET_ADDRESS),
  })
  .meta({ title: 'address' })

/** A name that others refer to, and that appears in logs and metrics. */
export const name = z
  .string({ error: expected('a name') })
  .regex(/^[\w.-]{1,64}$/, {
    error: expected('a name of letters, digits, dots, dashes and underscores'),
  })
  .meta({ title: 'name' })

/** Whose connections are meant. */
export const network = z
  .string({ error: expected(NETWORK) })
  .refine(isNetwork, { error: expected(NETWORK) })
  .meta({ title: 'network' })

/** A file. */
export const path = z.string({ error: expected('a path') }).min(1, { error: expected('a path') })

/** A regular expression of JavaScript. */
export const regex = z
  .string({ error: expected('a regular expression') })
  .refine(isRegex, { error: expected('a regular expression') })
  .meta({ title: 'regular expression' })

/** A whole number within bounds. */
export function integer(min: number, max: number) {
  const error = expected(`a whole number from ${min} to ${max}`)
  return z.int({ error }).min(min, { error }).max(max, { error })
}

/** Makes the message of a check. */
export function expected(what: string): string {
  return `expected ${what}`
}

function isAddress(parse: () => unknown): boolean {
  try {
    parse()
    return true
  } catch {
    return false
  }
}

function isRegex(text: string): boolean {
  try {
    new RegExp(text)
    return true
  } catch {
    return false
  }
}
