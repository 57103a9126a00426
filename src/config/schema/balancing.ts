import { z } from 'zod'
import { COOKIE_ATTRIBUTE, STICKY_DEFAULTS } from '../../balancer/sticky-cookie.ts'
import { duration, expected, name } from './scalars.ts'

const attribute = z.string().regex(COOKIE_ATTRIBUTE, {
  error: expected('a text without semicolons and control characters'),
})

/** A cookie that ties clients to an endpoint. */
export const sticky = z.strictObject({
  cookie: name.default(STICKY_DEFAULTS.cookie).describe('Name of the cookie.'),
  secret: z
    .string()
    .default(STICKY_DEFAULTS.secret)
    .describe('Without it, whoever knows the endpoints can make the cookie of one.'),
  path: attribute.default(STICKY_DEFAULTS.path).describe('Where the browser sends it.'),
  domain: attribute.optional().describe('To which hosts; the one that set it unless given.'),
  maxAge: duration
    .default(STICKY_DEFAULTS.maxAge)
    .describe('How long the browser keeps it; 0 until it is closed.'),
  sameSite: z
    .enum(['Strict', 'Lax', 'None'])
    .default(STICKY_DEFAULTS.sameSite)
    .describe('Whether other sites can cause requests that have it.'),
  secure: z.boolean().default(STICKY_DEFAULTS.secure).describe('Only over TLS.'),
})
