import { z } from 'zod'
import { DEFAULTS } from '../defaults.ts'
import { compression } from './compression.ts'
import { listenerLimits, listenerTimeouts } from './listener-policy.ts'
import { route } from './route.ts'
import { listenAddress, name } from './scalars.ts'
import { listenerTls } from './tls.ts'

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
  tls: listenerTls.optional().describe('Speak TLS with clients, 1.2 or newer.'),
  limits: listenerLimits.optional().describe('What its clients may do.'),
  timeouts: listenerTimeouts.optional().describe('How long its clients are waited for.'),
})
