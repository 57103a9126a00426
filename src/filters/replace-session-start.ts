import { defineFilter } from '../engine/definition.ts'
import type { Event } from '../engine/event.ts'
import { Filter } from '../engine/filter.ts'
import { own } from './events/own.ts'
import { isBlind, type Replacer, replace } from './events/replacement.ts'

/** `replaceSessionStart(replacement?)`: the first event of any kind starts a session. */
export const replaceSessionStart = defineFilter({
  name: 'replaceSessionStart',
  description: 'Replaces the first event of the session',
  parameters: [
    {
      name: 'replacement',
      type: 'Replacer<Event>',
      doc: 'Replacement events, or a callback function that receives the event and returns them',
      isOptional: true,
    },
  ],
  plan: (replacement?: Replacer<Event>) => {
    const isSeen = !isBlind(replacement)
    return () => new ReplaceSessionStart(replacement, isSeen)
  },
})

class ReplaceSessionStart extends Filter {
  readonly #replacement: Replacer<Event>
  readonly #isSeen: boolean
  #hasStarted = false

  constructor(replacement: Replacer<Event>, isSeen: boolean) {
    super()
    this.#replacement = replacement
    this.#isSeen = isSeen
  }

  process(event: Event): void {
    if (this.#hasStarted) return this.next.process(event)
    this.#hasStarted = true
    if (this.#isSeen) own(event)
    replace(this, this.#replacement, event)
  }

  override reset(): void {
    this.#hasStarted = false
  }
}
