import { Affinity } from '../balancer/affinity.ts'
import { defineFilter } from '../engine/definition.ts'
import { type Event, MESSAGE_START, type MessageStart } from '../engine/event.ts'
import { Filter } from '../engine/filter.ts'
import { HeadEditor } from './http/header-changes.ts'

/** The cookie that ties a client to the endpoint of an address. */
export type CookieOf = (affinity: Affinity) => string | undefined

/**
 * Internal, behind the `mux` of an upstream: sets a cookie on responses of another endpoint than
 * the client is tied to.
 */
export const tieResponse = defineFilter({
  name: 'tieResponse',
  description: 'Ties a client to an endpoint',
  parameters: [{ name: 'cookieOf', type: '() => string', doc: 'Gives the cookie' }],
  plan: (cookieOf: CookieOf) => () => new TieResponse(cookieOf),
})

class TieResponse extends Filter {
  readonly #cookieOf: CookieOf

  constructor(cookieOf: CookieOf) {
    super()
    this.#cookieOf = cookieOf
  }

  process(event: Event): void {
    const { data } = this.session.context
    if (event.kind === MESSAGE_START && data instanceof Affinity) {
      const start = event as MessageStart
      // What stands for a failure was not answered by anybody.
      const cookie = start.failure === '' ? this.#cookieOf(data) : undefined
      if (cookie !== undefined) new HeadEditor({ add: { 'set-cookie': cookie } }).edit(start)
    }
    this.next.process(event)
  }
}
