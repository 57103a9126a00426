import type { Data } from '../../engine/data.ts'
import type { Correlation, Event } from '../../engine/event.ts'
import type { Sink } from '../../engine/filter.ts'

/** A message about a connection, not for anybody behind it; a heartbeat, for example. */
interface Notice {
  readonly event: Correlation
  body: Data | null
}

/** Answers such messages where they come in: behind, there is no connection of their peer's. */
export class Notices {
  /** The one that is coming in. */
  #current: Notice | null = null
  /** Those whose answers wait for the one that is going out. */
  #owed: Notice[] | null = null

  begin(event: Correlation): void {
    this.#current = { event, body: null }
  }

  /** Takes a piece of the body of the one that is coming in, if there is one. */
  receive(data: Event): void {
    if (this.#current !== null) this.#current.body ??= (data as Data).own()
  }

  /** The one that is coming in is complete: answers it, or later while there `isAnswering` another. */
  end(sink: Sink, isAnswering: boolean): void {
    const notice = this.#current
    if (notice === null) return
    this.#current = null
    if (isAnswering) {
      this.#owed ??= []
      this.#owed.push(notice)
    } else notice.event.acknowledge(sink, notice.body)
  }

  /** No answer is going out. */
  payOwed(sink: Sink): void {
    const owed = this.#owed
    if (owed === null) return
    this.#owed = null
    for (const { event, body } of owed) event.acknowledge(sink, body)
  }

  reset(): void {
    this.#current = null
    this.#owed = null
  }
}
