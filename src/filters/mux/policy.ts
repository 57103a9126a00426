import type { SessionErrorCode } from '../../engine/errors.ts'
import { MESSAGE_END } from '../../engine/event.ts'
import type { Exchange } from './exchange.ts'

/** How `mux` shares sessions; times in milliseconds. */
export interface MuxPolicy {
  /** Messages in progress on one session at a time; 1 makes the sessions a connection pool. */
  readonly pipelining: number
  /** Sessions per key. */
  readonly maxSessions: number
  /** Messages per key that wait for a session. */
  readonly maxQueue: number
  /** Sessions per key that are kept while nothing is in progress on them. */
  readonly maxIdle: number
  readonly idleMs: number
  /** Further attempts for a message whose target could not be reached. */
  readonly retries: number
  readonly observer: MuxObserver | null
}

/** Is told what happens to each key, for balancing and health. */
export interface MuxObserver {
  begin(key: string): void
  /** An answer is complete, or will never be. */
  end(key: string): void
  /** The target could not be reached, or broke off before answering. */
  failed(key: string, error: SessionErrorCode): void
}

/** Whether nothing of a request can have been seen by anybody. */
export function isUnreached(error: SessionErrorCode): boolean {
  return (
    error === 'ConnectionRefused' || error === 'ConnectionTimeout' || error === 'CannotResolve'
  )
}

/**
 * Whether a message that failed before any answer may be sent again: when its target was never
 * reached; or when a session that had served others turns out to be dead and repeating the message
 * does no harm (RFC 9110 §9.2.2).
 */
export function mayRetry(
  policy: MuxPolicy,
  exchange: Exchange,
  error: SessionErrorCode,
  isReused: boolean,
): boolean {
  const kept = exchange.kept
  if (exchange.requester === null || exchange.hasStarted || kept === null) return false
  if (exchange.failures >= policy.retries) return false
  if (isUnreached(error)) return true
  const isComplete = kept[kept.length - 1]?.kind === MESSAGE_END
  return error === 'ReadError' && isReused && exchange.isIdempotent && isComplete
}
