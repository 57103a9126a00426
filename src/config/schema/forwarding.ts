import { z } from 'zod'
import { DEFAULTS } from '../defaults.ts'

/** What requests tell the endpoints of who has asked. */
export const forwarding = z.strictObject({
  xForwarded: z
    .enum(['add', 'replace', 'trust', 'off'])
    .default(DEFAULTS.xForwarded)
    .describe(
      'X-Forwarded-For, -Proto and -Host. add: to the list that the client sent; replace: instead ' +
        'of all that it sent; trust: the client is a proxy of ours, whose -Proto and -Host stay.',
    ),
  forwarded: z
    .boolean()
    .default(false)
    .describe('Forwarded (RFC 7239), added or replaced as xForwarded says.'),
  requestId: z
    .boolean()
    .default(false)
    .describe("X-Request-Id: the client's own if it is valid, else a new one."),
  traceparent: z
    .boolean()
    .default(false)
    .describe("traceparent: the client's own if it is valid, else a new one."),
})
