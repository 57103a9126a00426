import { checkString } from '../engine/arguments.ts'
import type { Data } from '../engine/data.ts'
import { defineFilter } from '../engine/definition.ts'
import {
  DATA,
  type Event,
  INTERIM,
  MESSAGE_END,
  MESSAGE_ENDED,
  MESSAGE_START,
  type MessageStart,
  SESSION_END,
  SessionEnd,
} from '../engine/event.ts'
import { Filter, type Sink, type Source } from '../engine/filter.ts'
import type { Layout } from '../engine/layout.ts'
import type { Session } from '../engine/session.ts'
import { failedMessage } from './http/frame-output.ts'

/** `demux(target)`: each message gets a session of its own; outputs keep the order of inputs. */
export const demux = defineFilter({
  name: 'demux',
  description:
    'Sends messages to a different pipeline with each one in its own session and context',
  parameters: [{ name: 'target', type: 'string', doc: 'Name of the pipeline to send messages to' }],
  targets: (args: [target: string]) => [args[0]],
  plan: (target: string) => {
    checkString(target, 1)
    let found: Layout | undefined
    return (layout) => {
      found ??= layout.runtime.findLayout(layout.module, target)
      return new Demux(found, target)
    }
  },
})

/** Messages of one session in progress at a time; more are left unread. */
const DEPTH_LIMIT = 128
/** Output of a message whose turn has not come is buffered up to this size. */
const CHANNEL_LIMIT = 64 * 1024

class Demux extends Filter implements Source {
  readonly #layout: Layout | undefined
  readonly #target: string
  /** Messages in progress, oldest first, linked by `later`. */
  #first: Channel | null = null
  #last: Channel | null = null
  #depth = 0
  /** The message that is coming in. */
  #current: Channel | null = null
  #hasEnded = false
  #error: SessionEnd | null = null
  /** Pauses asked of this filter and not taken back. */
  #pauses = 0
  #isFull = false

  constructor(layout: Layout | undefined, target: string) {
    super()
    this.#layout = layout
    this.#target = target
  }

  process(event: Event): void {
    if (this.#hasEnded) return
    switch (event.kind) {
      case MESSAGE_START:
        this.#begin(event as MessageStart)
        break
      case DATA:
        this.#current?.session.process(event)
        break
      case MESSAGE_END: {
        const channel = this.#current
        this.#current = null
        if (channel !== null) {
          channel.session.process(event)
          if (channel.isDone) channel.session.free()
        }
        break
      }
      case SESSION_END:
        this.#hasEnded = true
        this.#cut(event as SessionEnd)
        this.#passError(event as SessionEnd)
        break
    }
  }

  override pause(): void {
    this.#pauses++
    if (this.#pauses === 1) this.#first?.setPaused(true)
  }

  override resume(): void {
    this.#pauses--
    if (this.#pauses === 0) this.#first?.setPaused(false)
  }

  override reset(): void {
    for (let at = this.#first; at !== null; at = at.later) at.session.discard()
    if (this.#current?.isDone === true) this.#current.session.discard()
    this.#first = null
    this.#last = null
    this.#depth = 0
    this.#current = null
    this.#hasEnded = false
    this.#error = null
    this.#pauses = 0
    this.#isFull = false
  }

  /** Whether `channel` is the one that this filter's input goes to. */
  isFeeding(channel: Channel): boolean {
    return channel === this.#current
  }

  /** Output of a message whose turn it is. */
  emit(event: Event): void {
    this.next.process(event)
    const { context } = this.session
    if (context.waiters !== null) context.wake()
  }

  isFirst(channel: Channel): boolean {
    return this.#first === channel
  }

  /** A message has been answered completely, or never will be. */
  finish(channel: Channel): void {
    const next = channel.later
    this.#first = next
    this.#depth--
    if (channel !== this.#current) channel.session.free()
    if (this.#isFull && this.#depth < DEPTH_LIMIT / 2) {
      this.#isFull = false
      this.previous?.resume()
    }
    if (next === null) {
      this.#last = null
      if (this.#error !== null) this.next.process(this.#error)
      return
    }
    if (this.#pauses > 0) next.setPaused(true)
    next.flush()
  }

  #begin(event: MessageStart): void {
    const target = this.#layout
    if (target === undefined) {
      const { log } = this.session.context.runtime
      log.error(`[demux] pipeline not found: ${this.#target}`)
      return this.end('RuntimeError')
    }
    const channel = new Channel(this)
    if (this.#last === null) this.#first = channel
    else this.#last.later = channel
    this.#last = channel
    this.#depth++
    this.#current = channel
    if (this.#depth >= DEPTH_LIMIT && !this.#isFull) {
      this.#isFull = true
      this.previous?.pause()
    }
    channel.session = target.spawn(this.session.context.fork(), channel, channel, this.session)
    if (this.#pauses > 0 && this.#first === channel) channel.setPaused(true)
    channel.session.process(event)
  }

  /** What went wrong before this filter is told behind it, after the answers in progress. */
  #passError(end: SessionEnd): void {
    if (end.error === '') return
    if (this.#first === null) this.next.process(end)
    else this.#error = end
  }

  /** The input has ended: a message that is not complete will never be. */
  #cut(end: SessionEnd): void {
    const channel = this.#current
    this.#current = null
    if (channel === null) return
    if (channel.isDone) return channel.session.free()
    this.#drop(channel)
    channel.isDone = true
    channel.session.process(new SessionEnd(end.error || 'ReadError'))
    channel.session.free()
  }

  /** Takes the newest message out of the list. */
  #drop(channel: Channel): void {
    this.#depth--
    if (this.#first === channel) {
      this.#first = null
      this.#last = null
      return
    }
    let before = this.#first
    while (before !== null && before.later !== channel) before = before.later
    if (before !== null) before.later = null
    this.#last = before
  }
}

/** One message on its way: takes the output of its session, and is the source that feeds it. */
class Channel implements Sink, Source {
  readonly #owner: Demux
  session!: Session
  /** The message that came in next. */
  later: Channel | null = null
  /** Its answer is complete, or it has none. */
  isDone = false
  #hasStarted = false
  #buffer: Event[] | null = null
  #bufferSize = 0
  #isPaused = false
  #isFull = false
  #holdsInput = false

  constructor(owner: Demux) {
    this.#owner = owner
  }

  process(event: Event): void {
    if (this.isDone) return
    if (this.#owner.isFirst(this)) this.#emit(event)
    else this.#hold(event)
  }

  pause(): void {
    if (!this.#owner.isFeeding(this)) return
    this.#holdsInput = true
    this.#owner.previous?.pause()
  }

  resume(): void {
    if (!this.#holdsInput) return
    this.#holdsInput = false
    this.#owner.previous?.resume()
  }

  setPaused(value: boolean): void {
    if (this.#isPaused === value) return
    this.#isPaused = value
    if (value) this.session.pauseOutput()
    else this.session.resumeOutput()
  }

  /** Its turn has come. */
  flush(): void {
    const buffer = this.#buffer
    this.#buffer = null
    if (this.#isFull) {
      this.#isFull = false
      this.session.resumeOutput()
    }
    if (buffer === null) return
    for (const event of buffer) {
      if (this.isDone) return
      this.#emit(event)
    }
  }

  #emit(event: Event): void {
    switch (event.kind) {
      case INTERIM:
        this.#owner.emit(event)
        break
      case MESSAGE_START:
        this.#hasStarted = true
        this.#owner.emit(event)
        break
      case DATA:
        if (this.#hasStarted) this.#owner.emit(event)
        break
      case MESSAGE_END:
        if (!this.#hasStarted) break
        this.isDone = true
        this.#owner.emit(event)
        this.#owner.finish(this)
        break
      case SESSION_END:
        this.#fail(event as SessionEnd)
        break
    }
  }

  /** The session ended without an answer: whoever asked gets one all the same. */
  #fail(end: SessionEnd): void {
    this.isDone = true
    const error = end.error || 'ReadError'
    if (this.#hasStarted) this.#owner.emit(new SessionEnd(error))
    else {
      this.#owner.emit(failedMessage(error, null))
      this.#owner.emit(MESSAGE_ENDED)
    }
    this.#owner.finish(this)
  }

  #hold(event: Event): void {
    if (event.kind === DATA) {
      this.#bufferSize += (event as Data).own().size
      if (this.#bufferSize > CHANNEL_LIMIT && !this.#isFull) {
        this.#isFull = true
        this.session.pauseOutput()
      }
    } else if (event.kind === MESSAGE_START || event.kind === INTERIM) (event as MessageStart).own()
    this.#buffer ??= []
    this.#buffer.push(event)
  }
}
