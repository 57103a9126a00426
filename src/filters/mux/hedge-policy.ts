import { performance } from 'node:perf_hooks'
import type { RetryBudget } from '../../balancer/retry-budget.ts'
import type { Context } from '../../engine/context.ts'
import { batchTime } from '../../native/batch-clock.ts'
import type { Exchange } from './exchange.ts'

/** Where second attempts go. */
export interface HedgeTargets {
  /** The key of another target for the message whose context it is; undefined if there is none. */
  choose(context: Context): string | undefined
  /** The message is with the target of this key from now on. */
  switched(context: Context, key: string): void
}

export interface HedgePolicyOptions {
  /** How long a message waits for its answer before it gets a second attempt, in milliseconds. */
  readonly afterMs: number
  readonly budget: RetryBudget
  /** Nobody else tells the budget of messages. */
  readonly earns: boolean
  /** Second attempts at a time; 0 for any number that the budget allows. */
  readonly maxInProgress: number
  readonly targets: HedgeTargets
}

/**
 * Says which messages get a second attempt while the first is in progress: those that nobody minds
 * to get twice, that have no body, and whose answer has not begun in time, as far as the budget for
 * retries allows. No message has a timer: all wait equally long, so the oldest is due first.
 */
export class HedgePolicy {
  readonly targets: HedgeTargets
  /** Second attempts in progress, and all that there have been. */
  inProgress = 0
  total = 0
  /** Those that have answered first. */
  won = 0
  readonly #options: HedgePolicyOptions
  /** Messages, the oldest first. */
  #waiting: Exchange[] = []
  #timer: NodeJS.Timeout | null = null

  constructor(options: HedgePolicyOptions) {
    this.#options = options
    this.targets = options.targets
  }

  /** A message has come, which `launch` is told of when its time is over. */
  begin(exchange: Exchange, launch: (exchange: Exchange) => void): void {
    const { afterMs, budget, earns } = this.#options
    if (earns) budget.earn()
    exchange.hedgeAt = batchTime() + afterMs
    this.#waiting.push(exchange)
    this.#timer ??= setTimeout(() => this.#look(launch), afterMs).unref()
  }

  get isAllowed(): boolean {
    const { budget, maxInProgress } = this.#options
    return (maxInProgress === 0 || this.inProgress < maxInProgress) && budget.left > 0
  }

  take(): void {
    this.#options.budget.take()
    this.inProgress++
    this.total++
  }

  end(): void {
    this.inProgress--
  }

  #look(launch: (exchange: Exchange) => void): void {
    this.#timer = null
    const now = performance.now()
    const waiting = this.#waiting
    let at = 0
    for (; at < waiting.length; at++) {
      const exchange = waiting[at] as Exchange
      if (exchange.isAnswered || exchange.hasStarted) continue
      if (exchange.hedgeAt > now) break
      launch(exchange)
    }
    // What was launched may have begun others.
    this.#waiting = this.#waiting.slice(at)
    const [next] = this.#waiting
    if (next === undefined) return
    this.#timer = setTimeout(() => this.#look(launch), Math.ceil(next.hedgeAt - now)).unref()
  }
}
