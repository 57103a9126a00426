import { defineFilter } from '../engine/definition.ts'
import {
  type Event,
  MESSAGE_END,
  MESSAGE_ENDED,
  MESSAGE_START,
  MessageStart,
  SESSION_END,
} from '../engine/event.ts'
import type { Layout } from '../engine/layout.ts'
import { httpDate } from './http/http-date.ts'
import { RequestView } from './route/request-view.ts'
import { type RouteMatch, RouteTable } from './route/route-table.ts'
import { type Share, WeightedTurns } from './route/weighted-turns.ts'
import { SubSession } from './sub-session.ts'

/** One route: conditions on a request, and the pipelines that share the requests that meet them. */
export interface RouteRule extends RouteMatch {
  readonly to: string | readonly Share[]
}

/** `route(rules)`: a request goes on in the pipeline of the first rule whose conditions it meets. */
export const route = defineFilter({
  name: 'route',
  description: 'Sends an HTTP request to the pipeline of the first rule that it matches',
  parameters: [
    {
      name: 'rules',
      type: 'RouteRule[]',
      doc: 'Each with `to` and any of `host`, `path`, `method`, `headers` and `query`',
    },
  ],
  targets: (args: [rules: readonly RouteRule[]]) => [...new Set(args[0].flatMap(pipelinesOf))],
  plan: (rules: readonly RouteRule[]) => {
    if (!Array.isArray(rules)) throw new TypeError('argument #1 expects an array')
    const table = new RouteTable(rules)
    const turns = rules.map(({ to }) => new WeightedTurns(sharesOf(to)))
    const plan: RoutePlan = { table, turns, view: new RequestView() }
    return (layout) => new Route(layout, plan)
  },
})

interface RoutePlan {
  readonly table: RouteTable
  /** By rule: whose turn it is. */
  readonly turns: readonly WeightedTurns[]
  readonly view: RequestView
}

function sharesOf(to: RouteRule['to']): readonly Share[] {
  if (typeof to === 'string') return [{ pipeline: to, weight: 1 }]
  if (!Array.isArray(to) || to.length === 0) throw new TypeError('a rule has nothing to go to')
  return to
}

function pipelinesOf({ to }: RouteRule): string[] {
  return sharesOf(to).map(({ pipeline }) => pipeline)
}

class Route extends SubSession {
  readonly #layout: Layout
  readonly #plan: RoutePlan
  #hasEnded = false

  constructor(layout: Layout, plan: RoutePlan) {
    super()
    this.#layout = layout
    this.#plan = plan
  }

  process(event: Event): void {
    if (this.#hasEnded) return
    if (this.target === null && event.kind === MESSAGE_START) this.#choose(event as MessageStart)
    if (this.target !== null) this.target.process(event)
    else if (event.kind === MESSAGE_END) this.#refuse()
    else if (event.kind === SESSION_END) this.next.process(event)
    if (event.kind === SESSION_END) this.#hasEnded = true
  }

  override reset(): void {
    super.reset()
    this.#hasEnded = false
  }

  #choose(head: MessageStart): void {
    const { table, turns, view } = this.#plan
    const index = table.find(view.look(head))
    if (index < 0) return
    const { context } = this.session
    if (context.request !== null) context.request.route = index
    const name = (turns[index] as WeightedTurns).next()
    const { runtime, module } = this.#layout
    const layout = runtime.findLayout(module, name)
    if (layout !== undefined) this.enter(layout)
    else {
      runtime.log.error(`[route] pipeline not found: ${name}`)
      this.#hasEnded = true
      this.end('RuntimeError')
    }
  }

  /** What meets no rule is answered when all of it is in, so that its connection can be used again. */
  #refuse(): void {
    const headers = { date: httpDate(), 'content-type': 'text/plain' }
    this.next.process(new MessageStart({ status: 404, headers }))
    this.next.process(MESSAGE_ENDED)
  }
}
