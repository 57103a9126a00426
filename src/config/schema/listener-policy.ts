import { z } from 'zod'
import { parseSize } from '../../engine/quantity.ts'
import { DEFAULT_LIMITS, LIMIT_RANGES, type ListenerLimits } from '../../net/listener-policy.ts'
import { duration, expected } from './scalars.ts'

/** What a listener allows its clients. */
export const listenerLimits = z.strictObject({
  maxHeaders: limit('maxHeaders', 'Header fields of a request; 431 above.'),
  maxHeadBytes: limit('maxHeadBytes', 'Bytes of the head of a request; 431 above.'),
  maxRequestLineBytes: limit('maxRequestLineBytes', 'Bytes of the request line; 414 above.'),
  maxBodyBytes: limit('maxBodyBytes', 'Bytes of the body of a request; 413 above; 0: no limit.'),
  minBodyRate: limit('minBodyRate', 'Bytes per second of the body of a request; 408 below.'),
  maxChunkExtensionBytes: limit('maxChunkExtensionBytes', 'Bytes of extensions of one chunk; 400.'),
  maxTrailerBytes: limit('maxTrailerBytes', 'Bytes of the trailers of a request; 431 above.'),
  maxConnections: limit(
    'maxConnections',
    'Connections, an equal part for each worker; 503 above; 0: no limit.',
  ),
  maxConnectionsPerAddress: limit(
    'maxConnectionsPerAddress',
    'Connections of one client (IPv6: of one /64) in each worker; 503 above; 0: no limit.',
  ),
  maxRequestsPerConnection: limit(
    'maxRequestsPerConnection',
    'Requests of one connection; the last closes it; 0: no limit.',
  ),
  maxPipelinedRequests: limit(
    'maxPipelinedRequests',
    'Unanswered requests of one connection; no more is read meanwhile.',
  ),
  maxBufferedBytes: limit(
    'maxBufferedBytes',
    'Unsent bytes of one connection; what feeds it is held up meanwhile.',
  ),
})

/** How long a listener waits for its clients. */
export const listenerTimeouts = z.strictObject({
  handshake: time('A PROXY header, and then a TLS handshake; closed after.'),
  requestHead: time('From the first byte of a request to the end of its head; 408 after.'),
  requestBody: time('Between two pieces of the body of a request; 408 after.'),
  write: time('For a client that takes nothing of what is sent to it; reset after.'),
  keepAlive: time('For an HTTP client that asks nothing more; closed after.'),
  idle: time('For a connection that is not HTTP, on which nothing moves; closed after.'),
})

function limit(key: keyof ListenerLimits, doc: string) {
  const { min, max } = LIMIT_RANGES[key]
  const error = expected(`a number from ${min} to ${max}, or a size such as 64k or 10m`)
  return z
    .union([z.number(), z.string()], { error })
    .refine((value) => isWithin(value, min, max), { error })
    .optional()
    .describe(`${doc} Default: ${DEFAULT_LIMITS[key]}.`)
}

function time(doc: string) {
  return duration.optional().describe(doc)
}

function isWithin(value: number | string, min: number, max: number): boolean {
  if (typeof value === 'string' && !/^\d+[kmg]?$/i.test(value)) return false
  const number = parseSize(value)
  return Number.isInteger(number) && number >= min && number <= max
}
