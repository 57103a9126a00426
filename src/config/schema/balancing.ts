import { z } from 'zod'
import { STICKY_DEFAULTS } from '../policy-defaults.ts'
import { duration, name } from './scalars.ts'

/** Algorithms by their names. */
export const BALANCES = [
  'round-robin',
  'least-connections',
  'least-time',
  'power-of-two',
  'random',
  'maglev',
  'bounded-ring',
] as const

/** Those that need a `hash`. */
export const CONSISTENT: readonly string[] = ['maglev', 'bounded-ring']

/** A cookie that ties clients to an endpoint. */
export const sticky = z.strictObject({
  cookie: name.default(STICKY_DEFAULTS.cookie).describe('Name of the cookie.'),
  secret: z
    .string()
    .default(STICKY_DEFAULTS.secret)
    .describe('Without it, whoever knows the endpoints can make the cookie of one.'),
  path: z.string().default(STICKY_DEFAULTS.path).describe('Where the browser sends it.'),
  domain: z.string().optional().describe('To which hosts; the one that set it unless given.'),
  maxAge: duration
    .default(STICKY_DEFAULTS.maxAge)
    .describe('How long the browser keeps it; 0 until it is closed.'),
  sameSite: z
    .enum(['Strict', 'Lax', 'None'])
    .default(STICKY_DEFAULTS.sameSite)
    .describe('Whether other sites can cause requests that have it.'),
  secure: z.boolean().default(STICKY_DEFAULTS.secure).describe('Only over TLS.'),
})
