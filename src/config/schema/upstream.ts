import { z } from 'zod'
import { DEFAULTS } from '../defaults.ts'
import { duration, expected, integer, targetAddress } from './scalars.ts'

const BALANCES = ['round-robin', 'least-connections', 'random'] as const

const endpoint = z.strictObject({
  address: targetAddress.describe('Where to connect to: host:port, [ipv6]:port or unix:/path.'),
  weight: integer(1, 256)
    .default(DEFAULTS.weight)
    .describe('Share of requests or connections relative to the other endpoints.'),
})

/** Limits of connections to endpoints. */
export const upstreamTimeouts = z.strictObject({
  connect: duration
    .default(DEFAULTS.connectTimeout)
    .describe('Longest time to establish a connection.'),
  response: duration
    .default(DEFAULTS.responseTimeout)
    .describe('Longest time from a request to the head of its response.'),
  progress: duration
    .optional()
    .describe('Longest pause within the body of a response; that of response unless given.'),
  idle: duration
    .default(DEFAULTS.idleTimeout)
    .describe('A connection on which nothing moves for so long is closed.'),
})

/** A group of endpoints that serve the same. */
export const upstream = z.strictObject({
  endpoints: z
    .array(z.union([targetAddress, endpoint]), { error: expected('a list of endpoints') })
    .min(1, { error: expected('at least one endpoint') })
    .describe('The servers: an address, or an address with more about it.'),
  balance: z.enum(BALANCES).default(DEFAULTS.balance).describe('How endpoints are chosen.'),
  timeouts: upstreamTimeouts.prefault({}).describe('Limits of connections to the endpoints.'),
})
