import type { Data } from '../engine/data.ts'
import { defineFilter } from '../engine/definition.ts'
import type { MessageEnd } from '../engine/event.ts'
import { MessageCollector } from './events/message-collector.ts'
import { isBlind, type Replacer, replace } from './events/replacement.ts'

/** `replaceMessageBody(replacement?)`: something else in place of each message's body. */
export const replaceMessageBody = defineFilter({
  name: 'replaceMessageBody',
  description: 'Replaces the complete body of a message',
  parameters: [
    {
      name: 'replacement',
      type: 'Replacer<Data | null>',
      doc: 'Replacement events, or a callback function that receives the body and returns them',
      isOptional: true,
    },
  ],
  plan: (replacement?: Replacer<Data | null>) => {
    const isSeen = !isBlind(replacement)
    return () => new ReplaceMessageBody(replacement, isSeen)
  },
})

class ReplaceMessageBody extends MessageCollector {
  readonly #replacement: Replacer<Data | null>

  constructor(replacement: Replacer<Data | null>, isSeen: boolean) {
    super({ name: 'replaceMessageBody', withheld: 'body', isSeen })
    this.#replacement = replacement
  }

  protected override complete(end: MessageEnd): void {
    if (replace(this, this.#replacement, this.body)) this.next.process(end)
  }

  protected override stray(end: MessageEnd): void {
    if (replace(this, this.#replacement, null)) this.next.process(end)
  }
}
