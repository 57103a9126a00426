import {
  type Event,
  MESSAGE_END,
  MESSAGE_START,
  type MessageStart,
  SESSION_END,
} from '../../engine/event.ts'
import type { Layout } from '../../engine/layout.ts'
import type { Message } from '../../engine/message.ts'
import { SubSession } from '../sub-session.ts'

/**
 * Lets requests go on in a pipeline, or answers them instead: then when all of them has come, so
 * that their connection can be used again.
 */
export abstract class Gate extends SubSession {
  readonly #layout: Layout
  readonly #pipeline: string
  #answer: Message | null = null
  #hasEnded = false

  constructor(layout: Layout, pipeline: string) {
    super()
    this.#layout = layout
    this.#pipeline = pipeline
  }

  /** The answer to a request that is to go no further; `null` lets it pass. May throw. */
  protected abstract judge(request: MessageStart): Message | null

  /** Whether what is no message may pass. */
  protected admits(): boolean {
    return true
  }

  process(event: Event): void {
    if (this.#hasEnded) return
    if (event.kind === SESSION_END) this.#hasEnded = true
    else if (event.kind === MESSAGE_START) {
      try {
        this.#answer = this.judge(event as MessageStart)
      } catch (error) {
        this.#hasEnded = true
        return this.fail(error)
      }
    }
    const answer = this.#answer
    if (answer === null || event.kind === SESSION_END) this.#pass(event)
    else if (event.kind === MESSAGE_END) {
      this.#answer = null
      answer.emitTo((one) => this.next.process(one))
    }
  }

  override reset(): void {
    super.reset()
    this.#answer = null
    this.#hasEnded = false
  }

  #pass(event: Event): void {
    if (this.target !== null) return this.target.process(event)
    // What was never let in has nothing behind it that could end.
    if (event.kind === SESSION_END) return this.next.process(event)
    if (event.kind !== MESSAGE_START && !this.admits()) {
      this.#hasEnded = true
      return this.end()
    }
    const { runtime, module } = this.#layout
    const layout = runtime.findLayout(module, this.#pipeline)
    if (layout !== undefined) return this.enter(layout).process(event)
    this.#hasEnded = true
    runtime.log.error(`pipeline not found: ${this.#pipeline}`)
    this.end('RuntimeError')
  }
}
