import type { ConnectionLimits } from '../../balancer/connection-limits.ts'
import type { Context } from '../../engine/context.ts'
import type { SessionErrorCode } from '../../engine/errors.ts'
import type { UpstreamObserver } from '../../engine/upstream-observer.ts'
import type { Circuit } from './circuit.ts'
import type { Exchange } from './exchange.ts'
import type { HedgePolicy } from './hedge-policy.ts'
import type { RetryPolicy } from './retry-policy.ts'

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
  /** What holds for messages unless their context says otherwise. */
  readonly messages: MessagePolicy
  /** What holds for the messages of a context, if it is something else. */
  readonly policyOf: PolicyOf | null
  /** What is refused. */
  readonly circuit: Circuit | null
  /** How many sessions all workers may have, by key; `null` if no key is limited. */
  readonly limits: ConnectionLimits | null
  /** Is told what becomes of the messages of each key. */
  readonly observer: UpstreamObserver | null
}

/** What may differ from one message to the next; times in milliseconds. */
export interface MessagePolicy {
  /** Longest time until an answer begins, over all attempts; 0 for any. */
  readonly totalMs: number
  /** The same for one attempt, from the end of the message on; 0 for any. */
  readonly responseMs: number
  /** What is sent again although it has reached its target. */
  readonly retry: RetryPolicy | null
  /** What gets a second attempt while the first is in progress. */
  readonly hedge: HedgePolicy | null
}

export type PolicyOf = (context: Context) => MessagePolicy | undefined

/** Whether nothing of a request can have been seen by anybody. */
export function isUnreached(error: SessionErrorCode): boolean {
  return error === 'ConnectionRefused' || error === 'ConnectionTimeout' || error === 'CannotResolve'
}

/** How a message that failed is sent again: not, to the same key, or to another one. */
export type Retry = 'none' | 'again' | 'elsewhere'

/**
 * What becomes of a message that failed before any answer. It is sent again when its target was
 * never reached, or when a session that had served others turns out to be dead and repeating the
 * message does no harm (RFC 9110 §9.2.2). A retry policy may add what was lost or took too long.
 * Takes from the policy's budget: to be asked once per failure.
 */
export function decideRetry(
  policy: MuxPolicy,
  exchange: Exchange,
  error: SessionErrorCode,
  isReused: boolean,
): Retry {
  if (exchange.requester === null) return 'none'
  // Its other attempt goes on.
  if (exchange.twin !== null) return 'elsewhere'
  if (exchange.kept === null || exchange.hasStarted || exchange.hasInterim) return 'none'
  if (exchange.failures >= policy.retries) return 'none'
  if (isUnreached(error)) return 'elsewhere'
  if (!isRepeatable(exchange)) return 'none'
  if (error === 'ReadError' && isReused) return 'again'
  if (error !== 'ReadError' && error !== 'ReadTimeout') return 'none'
  return takeRetry(exchange) ? 'elsewhere' : 'none'
}

/** Whether an answer of this status is dropped and the message sent elsewhere. Asked once, too. */
export function isRetriedStatus(policy: MuxPolicy, exchange: Exchange, status: number): boolean {
  if (exchange.policy.retry?.isRefusal(status) !== true || exchange.hasInterim) return false
  if (exchange.twin !== null) return true
  if (exchange.requester === null || exchange.kept === null || !isRepeatable(exchange)) return false
  return exchange.failures < policy.retries && takeRetry(exchange)
}

/** Nobody minds if it comes twice, and all of it is there. */
function isRepeatable({ isIdempotent, keptEnd }: Exchange): boolean {
  return isIdempotent && keptEnd !== null
}

function takeRetry(exchange: Exchange): boolean {
  const { retry } = exchange.policy
  if (retry === null || !retry.take(exchange.retried)) return false
  exchange.retried++
  return true
}
