import { checkString } from '../engine/arguments.ts'
import type { SourceOfCalls } from '../engine/caller.ts'
import type { Data } from '../engine/data.ts'
import { defineFilter, evaluate, type ValueOf } from '../engine/definition.ts'
import { DATA, type Event, SESSION_END } from '../engine/event.ts'
import { Filter, NOWHERE } from '../engine/filter.ts'
import type { Layout } from '../engine/layout.ts'
import type { CopySource, Session } from '../engine/session.ts'
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
class Fork extends Filter {
  readonly #layout: Layout
  readonly #target: string
  readonly #data: SessionData
  readonly #branches: Branches = new Branches(this)
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
    if (event.kind === DATA && this.#branches.isPaused) this.#branches.count((event as Data).size)
    for (let i = 0; i < sessions.length; i++) (sessions[i] as Session).process(cloneEvent(event))
    this.next.process(event)
  }

  override reset(): void {
    for (const session of this.#sessions ?? []) session.discard()
    this.#sessions = null
    this.#branches.reset()
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
    // No parent: a codec in there answers nobody here.
    for (let i = 0; i < count; i++) {
      sessions.push((target as Layout).spawn(context, this.#branches, NOWHERE))
    }
    return sessions
  }
}

/** Bytes that full copies get nevertheless before everybody waits for them. */
const LENIENT_BYTES = 1024 * 1024

/**
 * The source of the copies. A copy that is full for a moment, because it connects for instance,
 * must not hold up the traffic that it is a copy of; one that stays full must, or its bytes would
 * pile up without a bound.
 */
class Branches implements CopySource, SourceOfCalls {
  readonly #fork: Fork
  #pauses = 0
  #excess = 0
  #holdsInput = false

  constructor(fork: Fork) {
    this.#fork = fork
  }

  /** Codecs in there have the limits of the listener whose bytes they get. */
  get origin(): Session {
    return this.#fork.session
  }

  get caller(): Filter {
    return this.#fork
  }

  get isPaused(): boolean {
    return this.#pauses > 0
  }

  pause(): void {
    this.#pauses++
  }

  resume(): void {
    this.#pauses--
    if (this.#pauses > 0) return
    this.#excess = 0
    if (!this.#holdsInput) return
    this.#holdsInput = false
    this.#fork.previous?.resume()
  }

  /** Counts bytes given to copies of which one is full. */
  count(size: number): void {
    this.#excess += size
    if (this.#excess <= LENIENT_BYTES || this.#holdsInput) return
    this.#holdsInput = true
    this.#fork.previous?.pause()
  }

  reset(): void {
    this.#pauses = 0
    this.#excess = 0
    this.#holdsInput = false
  }
}
