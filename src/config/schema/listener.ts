import { z } from 'zod'
import { DEFAULTS } from '../defaults.ts'
import { compression } from './compression.ts'
import { access, rateLimit } from './gates.ts'
import { listenerLimits, listenerTimeouts } from './listener-policy.ts'
import { route } from './route.ts'
import { expected, listenAddress, name, network } from './scalars.ts'
import { listenerTls } from './tls.ts'

const proxyProtocol = z.strictObject({
  from: z
    .array(network)
    .min(1)
    .optional()
    .describe(
      'Addresses and networks that may send a header; others are refused. All unless given.',
    ),
})

/** A place where clients connect. */
export const listener = z.strictObject({
  name: name.optional().describe('For logs and metrics; its address unless given.'),
  address: listenAddress.describe('Where to accept: port, host:port, [ipv6]:port or unix:/path.'),
  protocol: z
    .enum(['http', 'tcp'])
    .default(DEFAULTS.protocol)
    .describe('Balance HTTP requests, or connections whose bytes are passed as they are.'),
  routes: z
    .array(route)
    .min(1)
    .optional()
    .describe('Where requests go: the first whose conditions hold. Instead of the shared routes.'),
  upstream: name
    .optional()
    .describe(
      'The upstream of all requests or connections; short for one route without conditions.',
    ),
  compress: compression
    .optional()
    .describe('Compress responses for clients that accept it; false unless given.'),
  httpLenientLf: z
    .boolean()
    .optional()
    .describe('A bare LF ends a line of a request, too; it is forwarded as CRLF. Default: false.'),
  proxyProtocol: z
    .union([z.boolean(), proxyProtocol], { error: expected('true, false, or a section with from') })
    .optional()
    .describe(
      'Connections begin with a PROXY header, version 1 or 2, that tells whose they are; others are closed. Default: false.',
    ),
  tls: listenerTls.optional().describe('Speak TLS with clients, 1.2 or newer.'),
  access: access.optional().describe('Whose connections are accepted; others are closed.'),
  rateLimit: rateLimit.optional().describe('How many requests may pass; 429 for others.'),
  limits: listenerLimits.optional().describe('What its clients may do.'),
  timeouts: listenerTimeouts.optional().describe('How long its clients are waited for.'),
})
