import { defineFilter } from '../engine/definition.ts'
import type { Message } from '../engine/message.ts'
import { MessageCollector } from './events/message-collector.ts'
import { isBlind, type Replacer, replace } from './events/replacement.ts'

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
  plan: (replacement?: Replacer<Message>) => {
    const isSeen = !isBlind(replacement)
    return () => new ReplaceMessage(replacement, isSeen)
  },
})

class ReplaceMessage extends MessageCollector {
  readonly #replacement: Replacer<Message>

  constructor(replacement: Replacer<Message>, isSeen: boolean) {
    super({ name: 'replaceMessage', withheld: 'message', isSeen })
    this.#replacement = replacement
  }

  protected override complete(): void {
    replace(this, this.#replacement, this.message)
  }

  /** A message is replaced as a whole: an end without a beginning belongs to none. */
  protected override stray(): void {}
}
