import { checkFunction } from '../../engine/arguments.ts'
import type { Data } from '../../engine/data.ts'
import { defineFilter, type FilterDefinition } from '../../engine/definition.ts'
import type { MessageEnd } from '../../engine/event.ts'
import type { Message } from '../../engine/message.ts'
import { MessageCollector } from './message-collector.ts'
import { callScript } from './observe.ts'
import { takesArgument } from './takes-argument.ts'

/** What of a complete message a callback receives, by its name. */
interface MessageParts {
  message: Message
  body: Data
}

/**
 * Defines a filter that passes everything and calls a function with each complete message, or
 * with its body, before the message's end passes.
 */
export function defineMessageObserver<P extends keyof MessageParts>(
  name: string,
  part: P,
  what: string,
): FilterDefinition<[callback: (part: MessageParts[P]) => unknown]> {
  return defineFilter({
    name,
    description: `Handles ${what}`,
    parameters: [
      {
        name: 'callback',
        type: part === 'message' ? '(message: Message) => void' : '(body: Data) => void',
        doc: `Callback function that receives ${what}`,
      },
    ],
    plan: (callback: (part: MessageParts[P]) => unknown) => {
      checkFunction(callback, 1)
      const isSeen = takesArgument(callback)
      return () => new MessageObserver(name, part, callback, isSeen)
    },
  })
}

class MessageObserver<P extends keyof MessageParts> extends MessageCollector {
  readonly #part: P
  readonly #callback: (part: MessageParts[P]) => unknown

  constructor(
    name: string,
    part: P,
    callback: (part: MessageParts[P]) => unknown,
    isSeen: boolean,
  ) {
    super({ name, withheld: 'nothing', isSeen })
    this.#part = part
    this.#callback = callback
  }

  protected override complete(end: MessageEnd): void {
    // Both are properties of the collector; the key tells which.
    const parts: MessageParts = this as unknown as MessageParts
    if (callScript(this, this.#callback, parts[this.#part])) this.next.process(end)
  }
}
