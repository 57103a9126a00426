import { checkFunction } from '../../engine/arguments.ts'
import { defineFilter, type FilterDefinition } from '../../engine/definition.ts'
import {
  DATA,
  type Event,
  type Kind,
  MESSAGE_END,
  MESSAGE_START,
  SESSION_END,
} from '../../engine/event.ts'
import { Filter } from '../../engine/filter.ts'
import { own } from './own.ts'

export type Callback = (event: Event) => unknown

/** Names of the events' classes, for the type declarations. */
const CLASSES: Readonly<Partial<Record<Kind, string>>> = {
  [DATA]: 'Data',
  [MESSAGE_START]: 'MessageStart',
  [MESSAGE_END]: 'MessageEnd',
  [SESSION_END]: 'SessionEnd',
}

/** Defines a filter that calls a function for each event of one kind, and passes everything. */
export function defineObserver(
  name: string,
  what: string,
  kind: Kind,
): FilterDefinition<[callback: Callback]> {
  return defineFilter({
    name,
    description: `Handles ${what}`,
    parameters: [
      {
        name: 'callback',
        type: `(event: ${CLASSES[kind] ?? 'Event'}) => void`,
        doc: `Callback function that receives ${what}`,
      },
    ],
    plan: (callback: Callback) => {
      checkFunction(callback, 1)
      return () => new Observer(kind, callback)
    },
  })
}

class Observer extends Filter {
  readonly #kind: Kind
  readonly #callback: Callback

  constructor(kind: Kind, callback: Callback) {
    super()
    this.#kind = kind
    this.#callback = callback
  }

  process(event: Event): void {
    if (event.kind === this.#kind && !notify(this, this.#callback, event)) return
    this.next.process(event)
  }
}

/** Calls a script function with an event in the session's context; false if it failed. */
export function notify(filter: Filter, callback: Callback, event: Event): boolean {
  // A function without parameters cannot keep the event, so that its bytes may stay where they are.
  if (callback.length > 0) own(event)
  return callScript(filter, callback, event)
}

/** Calls a script function in the session's context; false if it failed, which ends the session. */
export function callScript<A>(filter: Filter, callback: (arg: A) => unknown, arg: A): boolean {
  const { context } = filter.session
  try {
    context.runtime.call(context, callback, arg)
    return true
  } catch (error) {
    filter.fail(error)
    return false
  }
}
