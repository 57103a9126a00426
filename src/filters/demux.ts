import { checkString } from '../engine/arguments.ts'
import { defineFilter } from '../engine/definition.ts'
import {
  DATA,
  type Event,
  MESSAGE_END,
  MESSAGE_START,
  type MessageStart,
  SESSION_END,
  SessionEnd,
} from '../engine/event.ts'
import { Filter } from '../engine/filter.ts'
import type { Layout } from '../engine/layout.ts'
import { Channel, type ChannelOwner } from './demux/channel.ts'
import { ChannelList } from './demux/channel-list.ts'
import { Notices } from './demux/notices.ts'

/**
 * `demux(target)`: each message gets a session of its own; outputs keep the order of inputs, unless
 * the protocol tells answers apart.
 */
export const demux = defineFilter({
  name: 'demux',
  description:
    'Sends messages to a different pipeline with each one in its own session and context',
  parameters: [{ name: 'target', type: 'string', doc: 'Name of the pipeline to send messages to' }],
  targets: (args: [target: string]) => [args[0]],
  plan: (target: string) => {
    checkString(target, 1)
    const plan: DemuxPlan = { target, layout: undefined }
    return (layout) => {
      plan.layout ??= layout.runtime.findLayout(layout.module, target)
      return new Demux(plan)
    }
  },
})

interface DemuxPlan {
  readonly target: string
  layout: Layout | undefined
}

/**
 * Messages of one session that are worked on at a time. Each may have a connection to an upstream,
 * and a client that reads nothing keeps them all: few enough that hundreds of such clients leave
 * connections to others, and enough that a client on a long line seldom waits for the next answer.
 */
const BEGUN_LIMIT = 8
/** The same where answers come in any order: a client has all its calls on one connection. */
const CORRELATED_LIMIT = 1024
/**
 * Output of messages whose turn has not come is held up to this size, of all of a session together;
 * where answers come in any order, of each.
 */
const HELD_LIMIT = 64 * 1024

class Demux extends Filter implements ChannelOwner {
  readonly #plan: DemuxPlan
  /** Messages in progress; those that wait to begin are the last ones. */
  readonly #channels = new ChannelList()
  /** The message that is coming in. */
  #current: Channel | null = null
  #begun = 0
  /** The oldest message that waits to begin. As long as there is one, nothing more is read. */
  #oldestWaiting: Channel | null = null
  #isBeginning = false
  #hasEnded = false
  #error: SessionEnd | null = null
  /** Pauses asked of this filter and not taken back. */
  #pauses = 0
  /** The source is held up: there are messages enough. */
  #isFull = false
  /** Messages whose answers have begun before their turn, and what is held back of these. */
  #holders = 0
  #heldBytes = 0
  #isHeldFull = false
  readonly #notices = new Notices()

  constructor(plan: DemuxPlan) {
    super()
    this.#plan = plan
  }

  process(event: Event): void {
    if (this.#hasEnded) return
    switch (event.kind) {
      case MESSAGE_START:
        this.#begin(event as MessageStart)
        break
      case DATA:
        if (this.#current !== null) this.#current.receive(event)
        else this.#notices.receive(event)
        break
      case MESSAGE_END: {
        const channel = this.#current
        this.#current = null
        if (channel !== null) {
          channel.receive(event)
          if (channel.isDone) channel.session?.free()
          else if (channel.correlation?.isOneWay === true) this.#dismiss(channel)
        } else this.#notices.end(this.next, this.#isAnswering)
        break
      }
      case SESSION_END:
        this.#hasEnded = true
        if (this.#current?.isTunnel === true && (event as SessionEnd).error === '') {
          this.#current.endInput(event as SessionEnd)
          break
        }
        this.#cut(event as SessionEnd)
        this.#passError(event as SessionEnd)
        break
    }
  }

  override pause(): void {
    this.#pauses++
    if (this.#pauses === 1) this.#channels.first?.setPaused(true)
  }

  override resume(): void {
    this.#pauses--
    if (this.#pauses > 0) return
    this.#channels.first?.setPaused(false)
    this.#promote()
    this.#beginWaiting()
  }

  override reset(): void {
    for (let at = this.#channels.first; at !== null; at = at.later) at.session?.discard()
    if (this.#current?.isDone === true) this.#current.session?.discard()
    this.#channels.clear()
    this.#current = null
    this.#begun = 0
    this.#oldestWaiting = null
    this.#hasEnded = false
    this.#error = null
    this.#pauses = 0
    this.#isFull = false
    this.#holders = 0
    this.#heldBytes = 0
    this.#isHeldFull = false
    this.#notices.reset()
  }

  openTunnel(channel: Channel): void {
    this.#current = channel
  }

  emit(event: Event): void {
    this.next.process(event)
    const { context } = this.session
    if (context.waiters !== null) context.wake()
  }

  isFirst(channel: Channel): boolean {
    return this.#channels.first === channel
  }

  overtakes(channel: Channel): boolean {
    const { first } = this.#channels
    if (channel.correlation === null || first === null || this.#pauses > 0) return false
    if (first.correlation === null || first.hasStarted) return false
    this.#moveToFront(channel)
    return true
  }

  beganToHold(): void {
    this.#holders++
  }

  held(channel: Channel, size: number): void {
    this.#heldBytes += size
    if (channel.correlation !== null) {
      if (channel.heldBytes > HELD_LIMIT) channel.setPaused(true)
    } else if (this.#heldBytes > HELD_LIMIT && !this.#isHeldFull) {
      this.#isHeldFull = true
      this.#pauseHolders(true)
    }
  }

  letGo(size: number): void {
    this.#holders--
    this.#heldBytes -= size
    if (!this.#isHeldFull || this.#heldBytes > HELD_LIMIT / 2) return
    this.#isHeldFull = false
    this.#pauseHolders(false)
  }

  finish(channel: Channel): void {
    this.#unlink(channel)
    if (channel.isTunnel) this.#current = null
    if (channel !== this.#current) channel.session?.free()
    if (!this.#isAnswering) this.#notices.payOwed(this.next)
    const next = this.#channels.first
    if (next === null) {
      if (this.#error !== null) this.next.process(this.#error)
      return
    }
    if (next.correlation !== null) {
      if (this.#pauses > 0) next.setPaused(true)
      return this.#promote()
    }
    next.setPaused(this.#pauses > 0)
    next.flush()
    this.#beginWaiting()
  }

  /** An answer is going out. */
  get #isAnswering(): boolean {
    return this.#channels.first?.hasStarted === true
  }

  #begin(event: MessageStart): void {
    // A message inside of another, which only a script can make, is part of that one.
    if (this.#current !== null) return
    const target = this.#plan.layout
    if (target === undefined) {
      const { log } = this.session.context.runtime
      log.error(`[demux] pipeline not found: ${this.#plan.target}`)
      return this.end('RuntimeError')
    }
    const { correlation } = event
    if (correlation?.isEvent === true) return this.#notices.begin(correlation)
    const channel = new Channel(this, event, this.session.context.fork())
    this.#channels.append(channel)
    this.#current = channel
    if (correlation !== null && this.#channels.size >= CORRELATED_LIMIT) this.#holdSource()
    if (this.#oldestWaiting === null && this.#mayBegin(channel)) this.#work(channel, target)
    else {
      this.#oldestWaiting ??= channel
      this.#holdSource()
    }
    channel.receive(event)
  }

  #work(channel: Channel, target: Layout): void {
    this.#begun++
    channel.begin(target, this.session)
    if (this.#pauses > 0 && this.isFirst(channel)) channel.setPaused(true)
  }

  /**
   * Whether a message may be worked on now. The oldest always may: its answer is what the client
   * waits for. Others only as long as somebody takes what is answered.
   */
  #mayBegin(channel: Channel): boolean {
    const { first } = this.#channels
    if (channel.correlation !== null || channel === first) return true
    // RFC 9112 §9.3.2: only safe ones side by side; what is not safe is worked on alone.
    if (!channel.isSafe || first?.isSafe !== true) return false
    return this.#begun < BEGUN_LIMIT && this.#pauses === 0 && !this.#isHeldFull
  }

  /** Begins messages that have waited, as many as may be worked on. */
  #beginWaiting(): void {
    // An answer that is there at once leads here again: one loop begins all, however many there are.
    if (this.#oldestWaiting === null || this.#isBeginning) return
    const target = this.#plan.layout as Layout
    this.#isBeginning = true
    for (;;) {
      const channel: Channel | null = this.#oldestWaiting
      // What comes after an answer that has ended the connection is not done any more.
      if (channel === null || !this.#mayBegin(channel) || this.session.isOver) break
      this.#oldestWaiting = channel.later
      this.#work(channel, target)
      channel.catchUp()
    }
    this.#isBeginning = false
    if (this.#oldestWaiting === null) this.#releaseSource()
  }

  #holdSource(): void {
    if (this.#isFull) return
    this.#isFull = true
    this.previous?.pause()
  }

  #releaseSource(): void {
    if (!this.#isFull) return
    this.#isFull = false
    this.previous?.resume()
  }

  /** Holds up all whose answers wait for their turn, or lets them go on. */
  #pauseHolders(value: boolean): void {
    for (let at = this.#channels.first?.later ?? null; at !== null; at = at.later) {
      at.setPaused(value)
    }
  }

  /** What went wrong before this filter is told behind it, after the answers in progress. */
  #passError(end: SessionEnd): void {
    if (end.error === '') return
    if (this.#channels.first === null) this.next.process(end)
    else this.#error = end
  }

  /** The input has ended: a message that is not complete will never be. */
  #cut(end: SessionEnd): void {
    const channel = this.#current
    this.#current = null
    if (channel === null) return
    if (channel.isDone) return channel.session?.free()
    this.#unlink(channel)
    channel.drop()
    channel.isDone = true
    channel.session?.process(new SessionEnd(end.error || 'ReadError'))
    channel.session?.free()
  }

  /** A message that expects no answer has been taken in. */
  #dismiss(channel: Channel): void {
    if (channel.hasStarted || channel.isHolding) return
    channel.isDone = true
    this.finish(channel)
  }

  /** The turn is free: where answers come in any order, it goes to the oldest that is held back. */
  #promote(): void {
    if (this.#holders === 0 || this.#pauses > 0 || this.#isAnswering) return
    let at = this.#channels.first
    if (at?.correlation === null) return
    while (at !== null && !at.isHolding) at = at.later
    if (at === null) return
    this.#moveToFront(at)
    at.setPaused(false)
    at.flush()
  }

  #moveToFront(channel: Channel): void {
    this.#channels.first?.setPaused(false)
    this.#channels.moveToFront(channel)
    if (this.#pauses > 0) channel.setPaused(true)
  }

  /** Takes a message out of the list. */
  #unlink(channel: Channel): void {
    // One that waits and is cut off is the last there is.
    if (channel === this.#oldestWaiting) this.#oldestWaiting = null
    if (channel.session !== null) this.#begun--
    this.#channels.remove(channel)
    if (channel.correlation !== null && this.#channels.size < CORRELATED_LIMIT / 2) {
      this.#releaseSource()
    }
  }
}
