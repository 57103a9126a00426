import type { SessionErrorCode } from './errors.ts'

/** Is told what becomes of requests or connections, for balancing and health. */
export interface UpstreamObserver {
  /** The observer of one target, asked for once. */
  target(name: string): TargetObserver
}

/** Checks an option `observer`, which may be left out. */
export function checkObserver(given: UpstreamObserver | null | undefined): UpstreamObserver | null {
  if (given === undefined || given === null) return null
  if (typeof given.target === 'function') return given
  throw new TypeError('option observer must be the observer of an algo.Upstream')
}

/** Is told what becomes of the requests or connections to one target. */
export interface TargetObserver {
  /** Whether `answered` is to be called: who does not ask does not pay for the clock. */
  readonly wantsAnswers: boolean
  begin(): void
  /** An answer is complete, or will never be; or the connection is closed. */
  end(): void
  /**
   * The head of an answer has come, so many milliseconds after the request began. `status` is that
   * of HTTP, 0 in protocols that have none.
   */
  answered(status: number, latencyMs: number): void
  /** The target could not be reached, or broke off before answering. */
  failed(error: SessionErrorCode): void
}
