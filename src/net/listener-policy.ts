import type { AccessRules } from './access.ts'

/**
 * What a listener allows its clients, unless told otherwise. 0 is no limit where `LIMIT_RANGES`
 * allows it. The numbers are those of nginx, HAProxy or Envoy where these agree.
 */
export const DEFAULT_LIMITS: ListenerLimits = {
  maxHeaders: 100,
  maxHeadBytes: 16 * 1024,
  maxRequestLineBytes: 8 * 1024,
  maxBodyBytes: 0,
  minBodyRate: 0,
  maxChunkExtensionBytes: 1024,
  maxTrailerBytes: 8 * 1024,
  maxConnections: 0,
  maxConnectionsPerAddress: 0,
  maxRequestsPerConnection: 0,
  maxPipelinedRequests: 128,
  maxBufferedBytes: 256 * 1024,
}

/** How long a listener waits for its clients, unless told otherwise; milliseconds, 0 for ever. */
export const DEFAULT_LISTENER_TIMEOUTS: ListenerTimeouts = {
  handshakeMs: 10_000,
  requestHeadMs: 30_000,
  requestBodyMs: 60_000,
  writeMs: 60_000,
  keepAliveMs: 75_000,
  idleMs: 75_000,
}

/** Limits of one listener; plain data. A client that exceeds one gets the answer in brackets. */
export interface ListenerLimits {
  /** Header fields of a request (431). */
  maxHeaders: number
  /** Bytes of a request's head, with its request line (431). */
  maxHeadBytes: number
  /** Bytes of the request line (414). */
  maxRequestLineBytes: number
  /** Bytes of a request's body, without the framing of chunks (413). */
  maxBodyBytes: number
  /** Bytes per second that a request's body brings at least, over each `requestBodyMs` (408). */
  minBodyRate: number
  /** Bytes of the extensions of one chunk (400). */
  maxChunkExtensionBytes: number
  /** Bytes of the trailer section of a chunked body (431). */
  maxTrailerBytes: number
  /** Connections of all workers together, an equal part for each (503; no HTTP: closed). */
  maxConnections: number
  /** Connections of one client in each worker (the same); IPv6 clients count by their /64. */
  maxConnectionsPerAddress: number
  /** Requests of one connection (the last is answered with `Connection: close`). */
  maxRequestsPerConnection: number
  /** Requests of one connection that wait for their answers (no more is read meanwhile). */
  maxPipelinedRequests: number
  /** Unsent bytes of a connection (what feeds it is held up, until a quarter is left). */
  maxBufferedBytes: number
}

/** Time-outs of one listener, in milliseconds; plain data. */
export interface ListenerTimeouts {
  /** For a PROXY header, and then for a TLS handshake (closed). */
  handshakeMs: number
  /** From the first byte of a request to the end of its head (408); from a connection to that byte (closed). */
  requestHeadMs: number
  /** Between two pieces of a request's body (408). */
  requestBodyMs: number
  /** A client takes nothing of what is sent to it (reset). */
  writeMs: number
  /** An HTTP connection is idle between requests (closed). */
  keepAliveMs: number
  /** Nothing moves on a connection that is not HTTP (closed). */
  idleMs: number
}

/** Smallest and largest value of a limit. */
export interface LimitRange {
  readonly min: number
  readonly max: number
}

const COUNT: LimitRange = { min: 0, max: 2 ** 31 - 1 }

/** What may be chosen; native code keeps most values in 32 bits. */
export const LIMIT_RANGES: Readonly<Record<keyof ListenerLimits, LimitRange>> = {
  // The table of a head's fields is that long.
  maxHeaders: { min: 1, max: 128 },
  // A head has to fit into a chunk of the slab.
  maxHeadBytes: { min: 64, max: 64 * 1024 },
  maxRequestLineBytes: { min: 16, max: 64 * 1024 },
  maxBodyBytes: { min: 0, max: Number.MAX_SAFE_INTEGER },
  minBodyRate: COUNT,
  maxChunkExtensionBytes: { min: 0, max: 64 * 1024 },
  maxTrailerBytes: { min: 0, max: 64 * 1024 },
  maxConnections: COUNT,
  maxConnectionsPerAddress: COUNT,
  maxRequestsPerConnection: COUNT,
  maxPipelinedRequests: { min: 1, max: 128 },
  maxBufferedBytes: { min: 4, max: 2 ** 30 },
}

/** What of the limits and time-outs of a listener was chosen. */
export interface ListenerPolicy {
  /** A bare LF ends a line of a request, too (RFC 9112 §2.2); it is forwarded as CRLF. */
  httpLenientLf?: boolean
  /**
   * Connections begin with a PROXY header. Only those from these addresses and networks are
   * accepted, if there are any.
   */
  proxyProtocol?: { from: readonly string[] }
  /** Whose connections are accepted. */
  access?: AccessRules
  limits?: Partial<ListenerLimits>
  timeouts?: Partial<ListenerTimeouts>
}

/** Limits with those that were not chosen. */
export function limitsOf({ limits }: ListenerPolicy): ListenerLimits {
  return { ...DEFAULT_LIMITS, ...limits }
}

/** Time-outs with those that were not chosen. */
export function timeoutsOf({ timeouts }: ListenerPolicy): ListenerTimeouts {
  return { ...DEFAULT_LISTENER_TIMEOUTS, ...timeouts }
}
