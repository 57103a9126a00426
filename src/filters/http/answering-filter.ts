import {
  type Event,
  MESSAGE_END,
  MESSAGE_START,
  type MessageStart,
  SESSION_END,
} from '../../engine/event.ts'
import { Filter } from '../../engine/filter.ts'
import type { Message } from '../../engine/message.ts'

/**
 * Answers requests itself. A request is answered when all of it has come, so that its connection
 * can be used again.
 */
export abstract class AnsweringFilter extends Filter {
  #answer: Message | null = null

  /** The response to a request. */
  protected abstract answer(request: MessageStart): Message

  process(event: Event): void {
    if (event.kind === MESSAGE_START) this.#answer = this.answer(event as MessageStart)
    else if (event.kind === MESSAGE_END) this.#finish()
    else if (event.kind === SESSION_END) this.next.process(event)
  }

  override reset(): void {
    this.#answer = null
  }

  #finish(): void {
    const answer = this.#answer
    this.#answer = null
    answer?.emitTo((event) => this.next.process(event))
  }
}
