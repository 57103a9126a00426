import { checkString } from '../engine/arguments.ts'
import type { Context } from '../engine/context.ts'
import type { Data } from '../engine/data.ts'
import { defineFilter } from '../engine/definition.ts'
import {
  DATA,
  type Event,
  MESSAGE_END,
  MESSAGE_START,
  SESSION_END,
  SessionEnd,
} from '../engine/event.ts'
import { Filter, type Sink, type Source } from '../engine/filter.ts'
import type { Layout } from '../engine/layout.ts'
import type { Session } from '../engine/session.ts'
import { cloneEvent } from './events/clone.ts'

/** `mirror(target, percent?)`: copies of a share of the messages go elsewhere; nobody waits. */
export const mirror = defineFilter({
  name: 'mirror',
  description: 'Sends copies of a share of messages to a pipeline and drops what it answers',
  parameters: [
    { name: 'target', type: 'string', doc: 'Name of the pipeline to send copies to' },
    {
      name: 'percent',
      type: 'number',
      doc: 'Share of the messages that are copied, from 0 to 100; all unless given',
      isOptional: true,
    },
  ],
  targets: (args: [target: string, percent?: number]) => [args[0]],
  plan: (target: string, percent = 100) => {
    checkString(target, 1)
    if (!(percent >= 0 && percent <= 100)) throw new TypeError('argument #2 expects 0 to 100')
    const place = new MirrorPlace(target, percent)
    return (layout) => new Mirror(layout, place)
  },
})

/** Copies in progress of one place on one worker; more messages go without a copy. */
const COPIES_LIMIT = 1024
/** Bytes given to a copy that is full; one that gets more is cut off. */
const EXCESS_LIMIT = 1024 * 1024

/** What all sessions of one place share: whose turn it is to be copied. */
class MirrorPlace {
  readonly target: string
  readonly #percent: number
  #credit = 0
  copies = 0

  constructor(target: string, percent: number) {
    this.target = target
    this.#percent = percent
  }

  /** Whether the next message is copied: the share is spread evenly, not at random. */
  takes(): boolean {
    this.#credit += this.#percent
    if (this.#credit < 100) return false
    this.#credit -= 100
    return this.copies < COPIES_LIMIT
  }
}

class Mirror extends Filter {
  readonly #layout: Layout
  readonly #place: MirrorPlace
  /** The copy of the message that is coming in. */
  #copy: Copy | null = null

  constructor(layout: Layout, place: MirrorPlace) {
    super()
    this.#layout = layout
    this.#place = place
  }

  process(event: Event): void {
    if (event.kind === MESSAGE_START) this.#begin()
    const copy = this.#copy
    if (copy !== null) {
      copy.feed(event)
      if (event.kind === MESSAGE_END || event.kind === SESSION_END) this.#copy = null
    }
    this.next.process(event)
  }

  override reset(): void {
    this.#abandon()
  }

  /** A message that is not complete will never be. */
  #abandon(): void {
    this.#copy?.feed(new SessionEnd('ReadError'))
    this.#copy = null
  }

  #begin(): void {
    this.#abandon()
    if (!this.#place.takes()) return
    const { runtime, module } = this.#layout
    const target = runtime.findLayout(module, this.#place.target)
    if (target !== undefined) this.#copy = new Copy(target, this.session.context, this.#place)
  }
}

/** One copy: it has a context of its own and lives as long as it is not answered. */
class Copy implements Sink, Source {
  readonly #place: MirrorPlace
  readonly #session: Session
  #isPaused = false
  #excess = 0
  #isDone = false

  constructor(target: Layout, context: Context, place: MirrorPlace) {
    this.#place = place
    place.copies++
    // No parent: a codec in there answers nobody here.
    this.#session = target.spawn(context.fork(), this, this)
  }

  feed(event: Event): void {
    if (this.#isDone) return
    if (event.kind === DATA && this.#isPaused) this.#excess += (event as Data).size
    if (this.#excess > EXCESS_LIMIT) {
      this.#session.process(new SessionEnd('ReadError'))
      this.#finish()
      return
    }
    this.#session.process(cloneEvent(event))
    if (event.kind === SESSION_END) this.#finish()
  }

  /** What the copy puts out. */
  process(event: Event): void {
    if (event.kind === MESSAGE_END || event.kind === SESSION_END) this.#finish()
  }

  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    this.#isPaused = false
    this.#excess = 0
  }

  #finish(): void {
    if (this.#isDone) return
    this.#isDone = true
    this.#place.copies--
    this.#session.free()
  }
}
