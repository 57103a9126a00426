import { checkFunction, checkString } from '../engine/arguments.ts'
import type { Data } from '../engine/data.ts'
import { defineFilter } from '../engine/definition.ts'
import { DATA, type Event, SESSION_END } from '../engine/event.ts'
import type { Layout } from '../engine/layout.ts'
import { own } from './events/own.ts'
import { SubSession } from './sub-session.ts'

type Condition = () => unknown
type LinkArguments = (string | Condition | null | undefined)[]

/** One way out of a `link`: a pipeline, and when to take it. */
interface Route {
  target: string
  condition: Condition | null
}

/** `link(target, when?, target2?, when2?, …)`: goes on in the first pipeline whose condition holds. */
export const link = defineFilter({
  name: 'link',
  description: 'Sends events to a different pipeline',
  parameters: [
    { name: 'target', type: 'string', doc: 'Name of the pipeline to send events to' },
    {
      name: 'when',
      type: '() => unknown',
      doc: 'Callback function that returns true if the target should be chosen',
      isOptional: true,
    },
    {
      name: 'more',
      type: '(string | (() => unknown))',
      doc: 'Further targets, each with its condition',
      isOptional: true,
      isRest: true,
    },
  ],
  targets: (args: LinkArguments) => args.filter((arg) => typeof arg === 'string'),
  plan: (...args: LinkArguments) => {
    const routes: Route[] = []
    for (let i = 0; i === 0 || i < args.length; i += 2) {
      const condition = args[i + 1] ?? null
      routes.push({
        target: checkString(args[i], i + 1),
        condition: condition === null ? null : (checkFunction(condition, i + 2) as Condition),
      })
    }
    return (layout) => new Link(layout, routes)
  },
})

/** Bytes that wait for a condition to hold; a session that waits longer ends. */
const WAITING_LIMIT = 1024 * 1024

class Link extends SubSession {
  readonly #layout: Layout
  readonly #routes: readonly Route[]
  #waiting: Event[] = []
  #waitingSize = 0
  #hasEnded = false

  constructor(layout: Layout, routes: readonly Route[]) {
    super()
    this.#layout = layout
    this.#routes = routes
  }

  process(event: Event): void {
    if (this.#hasEnded) return
    if (event.kind === SESSION_END) this.#hasEnded = true
    if (this.target !== null) return this.target.process(event)
    let route: Route | undefined
    try {
      route = this.#choose()
    } catch (error) {
      this.#hasEnded = true
      return this.fail(error)
    }
    if (route === undefined) return this.#hold(event)
    const layout = this.#layout.runtime.findLayout(this.#layout.module, route.target)
    if (layout === undefined) {
      this.#hasEnded = true
      this.#layout.runtime.log.error(`[link] pipeline not found: ${route.target}`)
      return this.end('RuntimeError')
    }
    const target = this.enter(layout)
    const waiting = this.#waiting
    this.#waiting = []
    for (const held of waiting) target.process(held)
    target.process(event)
  }

  override reset(): void {
    super.reset()
    this.#waiting = []
    this.#waitingSize = 0
    this.#hasEnded = false
  }

  #choose(): Route | undefined {
    const { context } = this.session
    return this.#routes.find(
      ({ condition }) =>
        condition === null ||
        context.runtime.call(context, condition as (none: undefined) => unknown, undefined),
    )
  }

  #hold(event: Event): void {
    if (event.kind === DATA) this.#waitingSize += (event as Data).size
    this.#waiting.push(own(event))
    if (this.#waitingSize <= WAITING_LIMIT) return
    this.#hasEnded = true
    this.#waiting = []
    this.end('BufferOverflow')
  }
}
