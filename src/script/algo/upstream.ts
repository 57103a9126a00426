import { Affinity } from '../../balancer/affinity.ts'
import type { Balancer } from '../../balancer/balancer.ts'
import { createBalancer } from '../../balancer/create-balancer.ts'
import { createEndpointMemory, EndpointTable } from '../../balancer/endpoint-table.ts'
import { MessageStart } from '../../engine/event.ts'
import type { Message } from '../../engine/message.ts'
import type { TargetObserver, UpstreamObserver } from '../../engine/upstream-observer.ts'
import type { KeyContext } from '../../filters/http/request-key.ts'
import { type Ties, tiesOf } from '../../filters/http/ties.ts'
import { RequestView } from '../../filters/route/request-view.ts'
import { checkString, expected } from '../arguments.ts'
import { headOf } from './head-of.ts'
import { type RunningContext, UpstreamChoice } from './upstream-choice.ts'
import { readUpstreamOptions, type UpstreamOptions } from './upstream-options.ts'

const NO_CONTEXT: KeyContext = { inbound: null }
const NO_REQUEST = new MessageStart(null)
const view = new RequestView()

/** The endpoints of one service on one worker, balanced as those of an upstream in a config are. */
export class Upstream {
  readonly #balancer: Balancer
  readonly #ties: Ties | undefined
  readonly #table: EndpointTable = new EndpointTable(createEndpointMemory())
  /** Rows of the table by address. */
  readonly #rows: ReadonlyMap<string, number>
  readonly #running: RunningContext
  readonly #observer: UpstreamObserver

  constructor(options: UpstreamOptions, running: RunningContext) {
    const recipe = readUpstreamOptions(options)
    const addresses = recipe.endpoints.map(({ address }) => address)
    this.#rows = new Map(addresses.map((one) => [one, this.#table.claim('', one)]))
    const balancer = createBalancer(recipe, this.#table)
    this.#balancer = balancer
    this.#ties = tiesOf(recipe.keyOf, recipe.sticky, addresses)
    this.#running = running
    this.#observer = {
      target: (name) => (this.#rows.has(name) ? balancer.target(name) : NOBODY),
    }
  }

  /** Reads from a request what ties it to an endpoint; a connection is tied by its address only. */
  choose(request?: MessageStart | Message | null): UpstreamChoice {
    const start = request === undefined || request === null ? NO_REQUEST : headOf(request)
    const ties = this.#ties
    const affinity = ties?.read(view.look(start), this.#running() ?? NO_CONTEXT)
    const own = affinity ?? new Affinity(0, -1)
    return new UpstreamChoice(this.#balancer, own, ties?.cookieOf, this.#running)
  }

  /** Target of one attempt. */
  select(request?: MessageStart | Message | null): string {
    return this.choose(request).select()
  }

  /** Says that a target is up or down. All are up until something is said, or `observer` hears it. */
  mark(target: string, isUp: boolean): void {
    const row = this.#rows.get(checkString(target, 1))
    if (row === undefined) expected(1, 'the address of an endpoint')
    if (typeof isUp !== 'boolean') expected(2, 'a boolean')
    const health = isUp ? 'healthy' : 'unhealthy'
    if (this.#table.health(row) !== health) this.#table.setHealth(row, health)
    if (isUp) this.#table.readmit(row)
  }

  /**
   * Hears from `mux` or `connect` what becomes of requests: counts those in progress, measures their
   * times, and leaves out what cannot be reached.
   */
  get observer(): UpstreamObserver {
    return this.#observer
  }
}

/** Of a target that is not the upstream's nobody wants to know. */
const NOBODY: TargetObserver = {
  wantsAnswers: false,
  begin: () => {},
  end: () => {},
  answered: () => {},
  failed: () => {},
}

/** The `Upstream` class of one program. */
export type UpstreamClass = new (options: UpstreamOptions) => Upstream

/** Makes the `Upstream` class whose keys are read in the contexts of a program. */
export function createUpstreamClass(running: RunningContext = () => null): UpstreamClass {
  return class extends Upstream {
    constructor(options: UpstreamOptions) {
      super(options, running)
    }
  }
}
