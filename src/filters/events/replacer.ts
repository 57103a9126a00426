import { defineFilter, type FilterDefinition } from '../../engine/definition.ts'
import {
  DATA,
  type Event,
  type Kind,
  MESSAGE_END,
  MESSAGE_START,
  type MessageStart,
} from '../../engine/event.ts'
import { Filter } from '../../engine/filter.ts'
import { own } from './own.ts'
import { isBlind, type Replacer, replace } from './replacement.ts'

/** Defines a filter that puts something else in place of each event of one kind. */
export function defineReplacer<E extends Event>(
  name: string,
  what: string,
  type: string,
  kind: Kind,
): FilterDefinition<[replacement?: Replacer<E>]> {
  return defineFilter({
    name,
    description: `Replaces ${what}`,
    parameters: [
      {
        name: 'replacement',
        type: `Replacer<${type}>`,
        doc: 'Replacement events, or a callback function that receives the event and returns them',
        isOptional: true,
      },
    ],
    plan: (replacement?: Replacer<E>) => {
      const isSeen = !isBlind(replacement)
      return () => new EventReplacer<E>(kind, replacement, isSeen)
    },
  })
}

class EventReplacer<E extends Event> extends Filter {
  readonly #kind: Kind
  readonly #replacement: Replacer<E>
  readonly #isSeen: boolean
  /** The replacement may make bodies longer or shorter. */
  readonly #changesBody: boolean

  constructor(kind: Kind, replacement: Replacer<E>, isSeen: boolean) {
    super()
    this.#kind = kind
    this.#replacement = replacement
    this.#isSeen = isSeen
    this.#changesBody = kind === DATA || kind === MESSAGE_END
  }

  process(event: Event): void {
    if (event.kind !== this.#kind) {
      if (this.#changesBody && event.kind === MESSAGE_START) {
        ;(event as MessageStart).isBodyChanged = true
      }
      this.next.process(event)
      return
    }
    if (this.#isSeen) own(event)
    // The kind tells the class.
    replace(this, this.#replacement, event as E)
  }
}
