import { performance } from 'node:perf_hooks'
import type { MessageStart } from './event.ts'

/** Is told of each answer that a session has given. */
export interface ExchangeObserver {
  /** `ms` after it was asked; it counts for `weight`. */
  answered(start: MessageStart, ms: number, weight: number): void
}

/** The requests of a session that wait for their answers, which come in the same order. */
export class Exchanges {
  readonly #observer: ExchangeObserver
  #starts: number[] = []

  constructor(observer: ExchangeObserver) {
    this.#observer = observer
  }

  asked(): void {
    this.#starts.push(performance.now())
  }

  answered(start: MessageStart, weight: number): void {
    // There is none if it was asked before anybody looked.
    const asked = this.#starts.shift()
    if (asked !== undefined) this.#observer.answered(start, performance.now() - asked, weight)
  }

  /** How many wait. */
  get size(): number {
    return this.#starts.length
  }

  clear(): void {
    this.#starts = []
  }
}
