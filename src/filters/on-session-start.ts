import { defineFilter } from '../engine/definition.ts'
import type { Event } from '../engine/event.ts'
import { Filter } from '../engine/filter.ts'
import { type Callback, type Listener, listenerOf, notify } from './events/observe.ts'

/** `onSessionStart(callback)`: the first event of any kind starts a session. */
export const onSessionStart = defineFilter({
  name: 'onSessionStart',
  description: 'Handles the start of the session',
  parameters: [
    {
      name: 'callback',
      type: '(event: Event) => void',
      doc: 'Callback function that receives the first event of the session',
    },
  ],
  plan: (callback: Callback) => {
    const listener = listenerOf(callback)
    return () => new OnSessionStart(listener)
  },
})

class OnSessionStart extends Filter {
  readonly #listener: Listener
  #hasStarted = false

  constructor(listener: Listener) {
    super()
    this.#listener = listener
  }

  process(event: Event): void {
    if (!this.#hasStarted) {
      this.#hasStarted = true
      if (!notify(this, this.#listener, event)) return
    }
    this.next.process(event)
  }

  override reset(): void {
    this.#hasStarted = false
  }
}
