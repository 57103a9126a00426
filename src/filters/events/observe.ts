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
import { takesArgument } from './takes-argument.ts'

export type Callback = (event: Event) => unknown

/** A script function that is called with events. */
export interface Listener {
  readonly callback: Callback
  /** It can keep the event, whose bytes must then outlive the batch. */
  readonly isLooking: boolean
}

/** Checks a filter's first argument, once for each place where the filter is used. */
export function listenerOf(callback: Callback): Listener {
  checkFunction(callback, 1)
  return { callback, isLooking: takesArgument(callback) }
}

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
      const listener = listenerOf(callback)
      return () => new Observer(kind, listener)
    },
  })
}

class Observer extends Filter {
  readonly #kind: Kind
  readonly #listener: Listener

  constructor(kind: Kind, listener: Listener) {
    super()
    this.#kind = kind
    this.#listener = listener
  }

  process(event: Event): void {
    if (event.kind === this.#kind && !notify(this, this.#listener, event)) return
    this.next.process(event)
  }
}

/** Calls a script function with an event in the session's context; false if it failed. */
export function notify(filter: Filter, listener: Listener, event: Event): boolean {
  if (listener.isLooking) own(event)
  return callScript(filter, listener.callback, event)
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
