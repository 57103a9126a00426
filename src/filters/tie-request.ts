import type { Affinity } from '../balancer/affinity.ts'
import { defineFilter } from '../engine/definition.ts'
import { type Event, MESSAGE_START, type MessageStart } from '../engine/event.ts'
import { Filter } from '../engine/filter.ts'
import type { KeyContext } from './http/request-key.ts'
import { RequestView } from './route/request-view.ts'

/** Reads from a request what ties it to an endpoint. */
export type ReadAffinity = (request: RequestView, context: KeyContext) => Affinity

/**
 * Internal, before the `mux` of an upstream: notes in the context what ties a request to an
 * endpoint. `tieResponse` is its other half.
 */
export const tieRequest = defineFilter({
  name: 'tieRequest',
  description: 'Reads what ties a request to an endpoint',
  parameters: [{ name: 'read', type: '() => object', doc: 'Reads it' }],
  plan: (read: ReadAffinity) => {
    const view = new RequestView()
    return () => new TieRequest(read, view)
  },
})

class TieRequest extends Filter {
  readonly #read: ReadAffinity
  readonly #view: RequestView

  constructor(read: ReadAffinity, view: RequestView) {
    super()
    this.#read = read
    this.#view = view
  }

  process(event: Event): void {
    if (event.kind === MESSAGE_START) {
      const { context } = this.session
      context.data = this.#read(this.#view.look(event as MessageStart), context)
    }
    this.next.process(event)
  }
}
