import type { Event } from '../../engine/event.ts'
import { MESSAGE_END, MESSAGE_START, SESSION_END } from '../../engine/event.ts'
import type { Sink } from '../../engine/filter.ts'
import { own } from '../events/own.ts'

/**
 * Lets the answers of one requester out one by one, each in one piece. Two begin at the same time
 * only when they come from different sessions, which is rare: while one of them is drained.
 */
export class AnswerTurn {
  readonly #sink: Sink
  #holder: object | null = null
  #held: { readonly event: Event; readonly owner: object }[] = []

  constructor(sink: Sink) {
    this.#sink = sink
  }

  /** Takes an event of the answer that `owner` stands for: passes it on, or keeps it until its turn has come. */
  process(event: Event, owner: object): void {
    if (this.#holder !== null && this.#holder !== owner) {
      this.#held.push({ event: own(event), owner })
      return
    }
    this.#emit(event, owner)
    while (this.#holder === null && this.#held.length > 0) this.#flush()
  }

  reset(): void {
    this.#holder = null
    this.#held = []
  }

  #emit(event: Event, owner: object): void {
    if (event.kind === MESSAGE_START) this.#holder = owner
    else if (event.kind === MESSAGE_END || event.kind === SESSION_END) this.#holder = null
    this.#sink.process(event)
  }

  /** The answer that began first of those that wait has its turn. */
  #flush(): void {
    const next = this.#held[0]?.owner
    const events = this.#held.filter((one) => one.owner === next)
    this.#held = this.#held.filter((one) => one.owner !== next)
    for (const { event, owner } of events) this.#emit(event, owner)
  }
}
