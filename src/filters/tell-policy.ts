import { defineFilter } from '../engine/definition.ts'
import { type Event, MESSAGE_START } from '../engine/event.ts'
import { Filter } from '../engine/filter.ts'

/**
 * Internal, in the pipeline of a route: notes in the context what the route says of how its requests
 * are sent, for the `mux` of the upstream that gets them.
 */
export const tellPolicy = defineFilter({
  name: 'tellPolicy',
  description: 'Tells how requests of a route are sent',
  parameters: [{ name: 'policy', type: 'object', doc: 'What the route says' }],
  plan: (policy: object) => () => new TellPolicy(policy),
})

class TellPolicy extends Filter {
  readonly #policy: object

  constructor(policy: object) {
    super()
    this.#policy = policy
  }

  process(event: Event): void {
    if (event.kind === MESSAGE_START) this.session.context.policy = this.#policy
    this.next.process(event)
  }
}
