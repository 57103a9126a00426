import { checkString } from '../engine/arguments.ts'
import { defineFilter, evaluate, type ValueOf } from '../engine/definition.ts'
import { type Event, SESSION_END } from '../engine/event.ts'
import { Filter, NOWHERE, type Source } from '../engine/filter.ts'
import type { Layout } from '../engine/layout.ts'
import type { Session } from '../engine/session.ts'
import { cloneEvent } from './events/clone.ts'

/** One session for an object, one for each element of a list. */
type SessionData = ValueOf<object | readonly unknown[] | null | undefined>

/** `fork(target, sessionData?)`: copies of all events go through other pipelines as well. */
export const fork = defineFilter({
  name: 'fork',
  description: 'Sends copies of events to other pipeline sessions',
  parameters: [
    { name: 'target', type: 'string', doc: 'Name of the pipeline to send copies to' },
    {
      name: 'sessionData',
      type: 'object | object[] | (() => object | object[])',
      doc: 'A list, or a callback function that returns one, starts a session for each element',
      isOptional: true,
    },
  ],
  targets: (args: [target: string, sessionData?: SessionData]) => [args[0]],
  plan: (target: string, sessionData?: SessionData) => {
    checkString(target, 1)
    if (sessionData && typeof sessionData !== 'object' && typeof sessionData !== 'function') {
      throw new TypeError('argument #2 expects an object or a function')
    }
    return (layout) => new Fork(layout, target, sessionData)
  },
})

/**
 * The copies are processed completely before the event itself goes on, in the same context: what
 * the other pipelines put into context variables is there for the filters that follow.
 */
class Fork extends Filter implements Source {
  readonly #layout: Layout
  readonly #target: string
  readonly #data: SessionData
  #sessions: Session[] | null = null
  #hasEnded = false

  constructor(layout: Layout, target: string, data: SessionData) {
    super()
    this.#layout = layout
    this.#target = target
    this.#data = data
  }

  process(event: Event): void {
    if (this.#hasEnded) return
    const sessions = this.#sessions ?? this.#open()
    if (sessions === null) return
    if (event.kind === SESSION_END) this.#hasEnded = true
    for (let i = 0; i < sessions.length; i++) (sessions[i] as Session).process(cloneEvent(event))
    this.next.process(event)
  }

  override reset(): void {
    for (const session of this.#sessions ?? []) session.free()
    this.#sessions = null
    this.#hasEnded = false
  }

  #open(): Session[] | null {
    const { runtime, module } = this.#layout
    const { context } = this.session
    const target = runtime.findLayout(module, this.#target)
    let data: unknown
    try {
      if (target === undefined) throw new Error(`pipeline not found: ${this.#target}`)
      data = evaluate(context, this.#data)
    } catch (error) {
      this.#hasEnded = true
      this.fail(error)
      return null
    }
    const sessions: Session[] = []
    const count = Array.isArray(data) ? data.length : 1
    this.#sessions = sessions
    // No parent: a codec in there answers nobody here. A full one holds up whoever feeds all.
    for (let i = 0; i < count; i++) sessions.push((target as Layout).spawn(context, this, NOWHERE))
    return sessions
  }
}
