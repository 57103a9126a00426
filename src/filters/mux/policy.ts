import type { SessionErrorCode } from '../../engine/errors.ts'
import type { UpstreamObserver } from '../../engine/upstream-observer.ts'
import type { Exchange } from './exchange.ts'

/** How `mux` shares sessions; times in milliseconds. */
export interface MuxPolicy {
  /** Messages in progress on one session at a time; 1 makes the sessions a connection pool. */
  readonly pipelining: number
  /** Sessions per key. */
  readonly maxSessions: number
  /** Messages per key that wait for a session. */
  readonly maxQueue: number
  /** The same for messages whose answers come in any order: a client may have many at once. */
  readonly maxCorrelatedQueue: number
  /** Sessions per key that are kept while nothing is in progress on them. */
  readonly maxIdle: number
  readonly idleMs: number
  /** Further attempts for a message whose target could not be reached. */
  readonly retries: number
  /** Is told what becomes of the messages of each key. */
  readonly observer: UpstreamObserver | null
}

/** Whether nothing of a request can have been seen by anybody. */
export function isUnreached(error: SessionErrorCode): boolean {
  return error === 'ConnectionRefused' || error === 'ConnectionTimeout' || error === 'CannotResolve'
}

/**
 * Whether a message that failed before any byte of an answer may be sent again: when its target was never
 * reached; or when a session that had served others turns out to be dead and repeating the message
 * does no harm (RFC 9110 §9.2.2).
 */
export function mayRetry(
  policy: MuxPolicy,
  exchange: Exchange,
  error: SessionErrorCode,
  isReused: boolean,
): boolean {
  if (exchange.requester === null || exchange.kept === null) return false
  if (exchange.hasStarted || exchange.hasInterim) return false
  if (exchange.failures >= policy.retries) return false
  if (isUnreached(error)) return true
  return error === 'ReadError' && isReused && exchange.isIdempotent && exchange.keptEnd !== null
}
