import type { RetryBudget } from '../../balancer/retry-budget.ts'

/** What beyond the plain may be sent again, at another target. */
export interface RetryPolicyOptions {
  /** Further attempts of one message. */
  readonly attempts: number
  /** Statuses of answers that are not passed on if another attempt is allowed. */
  readonly statuses: readonly number[]
  readonly budget: RetryBudget
  /** Messages that are being tried again at a time; 0 for any number. */
  readonly maxInProgress: number
}

/**
 * Says which messages are sent again although they have reached a target: idempotent ones (RFC 9110
 * §9.2.2) that were not answered, or with one of some statuses, as far as the budget allows.
 */
export class RetryPolicy {
  readonly attempts: number
  readonly #statuses: ReadonlySet<number>
  readonly #budget: RetryBudget
  readonly #maxInProgress: number
  /** Messages that are being tried again. */
  inProgress = 0
  /** Retries so far, and those that were not allowed. */
  total = 0
  refused = 0

  constructor({ attempts, statuses, budget, maxInProgress }: RetryPolicyOptions) {
    this.attempts = attempts
    this.#statuses = new Set(statuses)
    this.#budget = budget
    this.#maxInProgress = maxInProgress
  }

  /** A message has come. */
  begin(): void {
    this.#budget.earn()
  }

  isRefusal(status: number): boolean {
    return this.#statuses.has(status)
  }

  /** Begins another attempt of a message that has had `retried` of them, if that is allowed. */
  take(retried: number): boolean {
    if (retried >= this.attempts) return false
    // A message that is tried a second time counts already.
    const isOver = this.#maxInProgress > 0 && this.inProgress >= this.#maxInProgress
    if ((retried === 0 && isOver) || !this.#budget.take()) {
      this.refused++
      return false
    }
    if (retried === 0) this.inProgress++
    this.total++
    return true
  }

  /** A message that was tried again is over. */
  end(): void {
    this.inProgress--
  }
}
