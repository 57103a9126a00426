import { Data } from '../engine/data.ts'
import { defineFilter } from '../engine/definition.ts'
import {
  DATA,
  type Event,
  INTERIM,
  MESSAGE_END,
  MESSAGE_START,
  type MessageStart,
} from '../engine/event.ts'
import { Filter } from '../engine/filter.ts'
import { Message } from '../engine/message.ts'
import { type Replacer, replace } from './events/replacement.ts'

/** `replaceMessage(replacement?)`: something else in place of each whole message. */
export const replaceMessage = defineFilter({
  name: 'replaceMessage',
  description: 'Replaces a complete message including the head and body',
  parameters: [
    {
      name: 'replacement',
      type: 'Replacer<Message>',
      doc: 'Replacement events, or a callback function that receives the message and returns them',
      isOptional: true,
    },
  ],
  plan: (replacement?: Replacer<Message>) => () => new ReplaceMessage(replacement),
})

/** Bytes of one message that a callback may get in one piece. */
const MESSAGE_LIMIT = 16 * 1024 * 1024

class ReplaceMessage extends Filter {
  readonly #replacement: Replacer<Message>
  /** The replacement does not depend on the message, so that nothing of it need be kept. */
  readonly #isBlind: boolean
  #start: MessageStart | null = null
  #body: Data | null = null

  constructor(replacement: Replacer<Message>) {
    super()
    this.#replacement = replacement
    this.#isBlind = typeof replacement !== 'function' || replacement.length === 0
  }

  process(event: Event): void {
    switch (event.kind) {
      case MESSAGE_START:
        this.#start = event as MessageStart
        if (this.#isBlind) break
        this.#start.own()
        this.#body = new Data()
        break
      case DATA:
        if (this.#start === null) this.next.process(event)
        else if (this.#body !== null) this.#accumulate(event as Data)
        break
      case MESSAGE_END:
        if (this.#start !== null) this.#replace()
        break
      case INTERIM:
        break
      default:
        this.next.process(event)
    }
  }

  override reset(): void {
    this.#start = null
    this.#body = null
  }

  #accumulate(data: Data): void {
    const body = this.#body as Data
    body.push(data)
    if (body.size <= MESSAGE_LIMIT) return
    this.#start = null
    this.#body = null
    this.session.abort()
    this.session.context.runtime.log.error('[replaceMessage] message too long')
    this.end('BufferOverflow')
  }

  #replace(): void {
    const message = this.#isBlind
      ? EMPTY
      : new Message(this.#start?.head ?? null, this.#body ?? new Data())
    this.#start = null
    this.#body = null
    replace(this, this.#replacement, message)
  }
}

const EMPTY = new Message()
