import { performance } from 'node:perf_hooks'
import { checkString } from '../engine/arguments.ts'
import type { SourceOfCalls } from '../engine/caller.ts'
import type { Context } from '../engine/context.ts'
import type { Data } from '../engine/data.ts'
import { defineFilter } from '../engine/definition.ts'
import type { SessionErrorCode } from '../engine/errors.ts'
import {
  DATA,
  type Event,
  MESSAGE_END,
  MESSAGE_START,
  type MessageStart,
  SESSION_END,
  SessionEnd,
} from '../engine/event.ts'
import { Filter, type Sink, type Source } from '../engine/filter.ts'
import type { Layout } from '../engine/layout.ts'
import type { Session } from '../engine/session.ts'
import { batchTime } from '../native/batch-clock.ts'
import { HEAD_CONNECT_METHOD, HEAD_UPGRADE } from '../native/protocol.ts'
import { cloneEvent } from './events/clone.ts'
import { HttpWireHead } from './http/wire-head.ts'

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
/** Time for the whole answer to a copy, as upstreams have by default for its beginning. */
const ANSWER_MS = 60_000

/** What all sessions of one place share: whose turn it is to be copied, and copies in progress. */
class MirrorPlace {
  readonly target: string
  /** One of the filters that copy. */
  caller: Filter | null = null
  readonly #percent: number
  /** Complete copies that are not answered; the oldest, whose time is over first, come first. */
  readonly #unanswered = new Set<Copy>()
  #timer: NodeJS.Timeout | null = null
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

  /** A copy is complete, and its time begins. */
  awaitAnswer(copy: Copy): void {
    copy.dueAt = batchTime() + ANSWER_MS
    this.#unanswered.add(copy)
    if (this.#timer === null) this.#arm(ANSWER_MS)
  }

  finished(copy: Copy): void {
    this.copies--
    this.#unanswered.delete(copy)
  }

  #arm(ms: number): void {
    this.#timer = setTimeout(() => this.#expire(), Math.ceil(ms)).unref()
  }

  #expire(): void {
    this.#timer = null
    const now = performance.now()
    for (const copy of this.#unanswered) {
      if (copy.dueAt > now) return this.#arm(copy.dueAt - now)
      copy.expire()
    }
  }
}

/** What asks for a connection of its own. */
const TUNNEL = HEAD_UPGRADE | HEAD_CONNECT_METHOD

class Mirror extends Filter {
  readonly #layout: Layout
  readonly #place: MirrorPlace
  /** The copy of the message that is coming in. */
  #copy: Copy | null = null

  constructor(layout: Layout, place: MirrorPlace) {
    super()
    this.#layout = layout
    this.#place = place
    place.caller ??= this
  }

  process(event: Event): void {
    if (event.kind === MESSAGE_START) this.#begin(event as MessageStart)
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

  #begin({ wire }: MessageStart): void {
    this.#abandon()
    // What is switched to is no message, and nobody would talk it with the mirror.
    if (wire instanceof HttpWireHead && (wire.flags & TUNNEL) !== 0) return
    if (!this.#place.takes()) return
    const { runtime, module } = this.#layout
    const target = runtime.findLayout(module, this.#place.target)
    if (target !== undefined) this.#copy = new Copy(target, this.session.context, this.#place)
  }
}

/** One copy: it has a context of its own, and lives until it is answered or its time is over. */
class Copy implements Sink, Source, SourceOfCalls {
  readonly #place: MirrorPlace
  readonly #session: Session
  /** When its time is over, on the monotonic clock, once it is complete. */
  dueAt = 0
  #isPaused = false
  #excess = 0
  #isDone = false

  constructor(target: Layout, context: Context, place: MirrorPlace) {
    this.#place = place
    place.copies++
    // No parent: a codec in there answers nobody here.
    this.#session = target.spawn(context.fork(), this, this)
  }

  get caller(): Filter | null {
    return this.#place.caller
  }

  feed(event: Event): void {
    if (this.#isDone) return
    if (event.kind === DATA && this.#isPaused) this.#excess += (event as Data).size
    if (this.#excess > EXCESS_LIMIT) return this.#cutOff('ReadError')
    this.#session.process(cloneEvent(event))
    if (event.kind === SESSION_END) this.#finish()
    else if (event.kind === MESSAGE_END && !this.#isDone) this.#place.awaitAnswer(this)
  }

  /** There was no answer in time, or no end of it. */
  expire(): void {
    const { sockets } = this.#session.layout.runtime
    this.#cutOff('ReadTimeout')
    sockets.settle()
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

  #cutOff(error: SessionErrorCode): void {
    this.#session.process(new SessionEnd(error))
    this.#finish()
  }

  #finish(): void {
    if (this.#isDone) return
    this.#isDone = true
    this.#place.finished(this)
    this.#session.free()
  }
}
