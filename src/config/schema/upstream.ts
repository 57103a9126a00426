import { z } from 'zod'
import { BALANCES } from '../../balancer/pickers.ts'
import { PROXY_VERSIONS } from '../../net/proxy-protocol/proxy-header.ts'
import { DEFAULTS } from '../defaults.ts'
import { sticky } from './balancing.ts'
import { circuit, hedge, retry } from './failure.ts'
import { ejection, health, share } from './health.ts'
import { requestKey } from './request-key.ts'
import { duration, expected, integer, name, targetAddress } from './scalars.ts'
import { upstreamTls } from './tls.ts'

const endpoint = z.strictObject({
  address: targetAddress.describe('Where to connect to: host:port, [ipv6]:port or unix:/path.'),
  weight: integer(1, 256)
    .default(DEFAULTS.weight)
    .describe('Share of requests or connections relative to the other endpoints.'),
  priority: integer(0, 100)
    .optional()
    .describe('0 is used first; higher ones when less than half of the weight below is up.'),
  zone: name.optional().describe('Where it stands; see the zone of the upstream.'),
  maxConnections: integer(1, 1_000_000)
    .optional()
    .describe(
      'Connections of all workers to it; others are chosen, or requests wait. Any number unless given.',
    ),
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
  total: duration
    .optional()
    .describe('Longest time from a request to the head of its response, over all attempts.'),
})

/** A group of endpoints that serve the same. */
export const upstream = z.strictObject({
  endpoints: z
    .array(z.union([targetAddress, endpoint]), { error: expected('a list of endpoints') })
    .min(1, { error: expected('at least one endpoint') })
    .describe('The servers: an address, or an address with more about it.'),
  balance: z.enum(BALANCES).default(DEFAULTS.balance).describe('How endpoints are chosen.'),
  hash: requestKey.optional().describe('What maglev and bounded-ring choose by.'),
  sticky: sticky.optional().describe('A cookie ties clients to the endpoint they got first.'),
  slowStart: duration
    .optional()
    .describe('An endpoint that returns gets its whole share after so long.'),
  panicShare: share
    .optional()
    .describe(
      'With less than this share of endpoints up, all are used; only with none unless given.',
    ),
  zone: name.optional().describe('Endpoints of this zone are preferred while half of them is up.'),
  health: health.optional().describe('Probes of the endpoints; none unless given.'),
  ejection: ejection.optional().describe('Leaves endpoints out for what comes of requests.'),
  retry: retry.optional().describe('Sends requests again that were sent in vain.'),
  hedge: hedge
    .optional()
    .describe('Sends slow requests to another endpoint as well; the first answer counts.'),
  circuit: circuit
    .optional()
    .describe('Limits over all workers, beyond which requests are refused with 503.'),
  timeouts: upstreamTimeouts.prefault({}).describe('Limits of connections to the endpoints.'),
  proxyProtocol: z
    .enum(PROXY_VERSIONS)
    .optional()
    .describe(
      'Tell endpoints of the client by a PROXY header of this version. Connections then serve one client each.',
    ),
  tls: upstreamTls.optional().describe('Speak TLS with the endpoints.'),
})
