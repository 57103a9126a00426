import { checkString } from '../engine/arguments.ts'
import type { Data } from '../engine/data.ts'
import { defineFilter } from '../engine/definition.ts'
import {
  type Correlation,
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

/** A message about a connection, not for anybody behind it; a heartbeat, for example. */
interface Notice {
  readonly event: Correlation
  body: Data | null
}

interface DemuxPlan {
  readonly target: string
  layout: Layout | undefined
}

/** Messages of one session in progress at a time; more are left unread. */
const DEPTH_LIMIT = 128
/** The same where answers come in any order: a client has all its calls on one connection. */
const CORRELATED_DEPTH_LIMIT = 1024
/** Output of a message whose turn has not come is buffered up to this size. */
const CHANNEL_LIMIT = 64 * 1024

class Demux extends Filter implements Source {
  readonly #plan: DemuxPlan
  /**
   * Messages in progress, linked by `later`: the one whose answer goes out, and those that wait for
   * their turn, oldest first. Where answers come in any order, the turn goes to who begins one.
   */
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
  /** Messages whose answers have begun before their turn. */
  #holders = 0
  /** A message about the connection itself that is coming in. */
  #notice: Notice | null = null
  /** Such messages whose answers wait for the one that is going out. */
  #owed: Notice[] | null = null

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
        if (this.#current !== null) this.#current.session.process(event)
        else if (this.#notice !== null) this.#notice.body ??= event.own()
        break
      case MESSAGE_END: {
        const channel = this.#current
        this.#current = null
        if (channel !== null) {
          channel.session.process(event)
          if (channel.isDone) channel.session.free()
          else if (channel.correlation?.isOneWay === true) this.#dismiss(channel)
        } else if (this.#notice !== null) this.#receiveNotice(this.#notice)
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
    if (this.#pauses === 1) this.#first?.setPaused(true)
  }

  override resume(): void {
    this.#pauses--
    if (this.#pauses > 0) return
    this.#first?.setPaused(false)
    this.#promote()
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
    this.#holders = 0
    this.#notice = null
    this.#owed = null
  }

  /** Raw data that comes in from now on belongs to `channel`, whose message was the last one. */
  openTunnel(channel: Channel): void {
    this.#current = channel
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

  /** Whether `channel` may begin its answer although it is not the first. */
  overtakes(channel: Channel): boolean {
    const first = this.#first
    if (channel.correlation === null || first === null || this.#pauses > 0) return false
    if (first.correlation === null || first.hasStarted) return false
    this.#moveToFront(channel)
    return true
  }

  /** A message has begun to hold its answer back. */
  held(): void {
    this.#holders++
  }

  /** A message has let go of the answer that it held back. */
  flushed(): void {
    this.#holders--
  }

  /** The first message has been answered completely, or never will be. */
  finish(channel: Channel): void {
    this.#unlink(channel)
    if (channel.isTunnel) this.#current = null
    if (channel !== this.#current) channel.session.free()
    if (this.#owed !== null) this.#payOwed(this.#owed)
    const next = this.#first
    if (next === null) {
      if (this.#error !== null) this.next.process(this.#error)
      return
    }
    if (this.#pauses > 0) next.setPaused(true)
    if (next.correlation === null) next.flush()
    else this.#promote()
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
    if (correlation?.isEvent === true) {
      this.#notice = { event: correlation, body: null }
      return
    }
    const channel = new Channel(this, correlation)
    const last = this.#last
    if (last === null) this.#first = channel
    else {
      channel.earlier = last
      last.later = channel
    }
    this.#last = channel
    this.#depth++
    this.#current = channel
    if (this.#depth >= depthLimit(channel) && !this.#isFull) {
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
    this.#unlink(channel)
    channel.isDone = true
    channel.session.process(new SessionEnd(end.error || 'ReadError'))
    channel.session.free()
  }

  /** A message that expects no answer has been taken in. */
  #dismiss(channel: Channel): void {
    if (channel.hasStarted || channel.isHolding) return
    channel.isDone = true
    this.finish(channel)
  }

  /** A heartbeat, for example, is answered here: behind, there is no connection of its peer's. */
  #receiveNotice(notice: Notice): void {
    this.#notice = null
    if (this.#first?.hasStarted === true) {
      this.#owed ??= []
      this.#owed.push(notice)
    } else notice.event.acknowledge(this.next, notice.body)
  }

  #payOwed(owed: readonly Notice[]): void {
    if (this.#first?.hasStarted === true) return
    this.#owed = null
    for (const { event, body } of owed) event.acknowledge(this.next, body)
  }

  /** The turn is free: it goes to the oldest message that holds an answer back. */
  #promote(): void {
    if (this.#holders === 0 || this.#pauses > 0 || this.#first?.hasStarted === true) return
    let at = this.#first
    while (at !== null && !at.isHolding) at = at.later
    if (at === null) return
    this.#moveToFront(at)
    at.flush()
  }

  #moveToFront(channel: Channel): void {
    const first = this.#first
    if (first === null || first === channel) return
    this.#unlink(channel)
    this.#depth++
    first.setPaused(false)
    first.earlier = channel
    channel.later = first
    this.#first = channel
    if (this.#pauses > 0) channel.setPaused(true)
  }

  /** Takes a message out of the list. */
  #unlink(channel: Channel): void {
    const { earlier, later } = channel
    if (earlier === null) this.#first = later
    else earlier.later = later
    if (later === null) this.#last = earlier
    else later.earlier = earlier
    channel.earlier = null
    channel.later = null
    this.#depth--
    if (this.#isFull && this.#depth < depthLimit(channel) / 2) {
      this.#isFull = false
      this.previous?.resume()
    }
  }
}

/** How many messages may be in progress if `channel` is one of them. */
function depthLimit({ correlation }: Channel): number {
  return correlation === null ? DEPTH_LIMIT : CORRELATED_DEPTH_LIMIT
}

/** One message on its way: takes the output of its session, and is the source that feeds it. */
class Channel implements Sink, Source {
  readonly #owner: Demux
  session!: Session
  /** What ties the answer to the message, if answers come in any order. */
  readonly correlation: Correlation | null
  /** Neighbours in the owner's list. */
  earlier: Channel | null = null
  later: Channel | null = null
  /** Its answer is complete, or it has none. */
  isDone = false
  /** Its answer has begun to go out. */
  hasStarted = false
  /** Both messages are over, and what goes both ways is raw data. */
  isTunnel = false
  #hasInputEnded = false
  #hasOutputEnded = false
  #buffer: Event[] | null = null
  #bufferSize = 0
  #isPaused = false
  #isFull = false
  #holdsInput = false

  constructor(owner: Demux, correlation: Correlation | null) {
    this.#owner = owner
    this.correlation = correlation
  }

  process(event: Event): void {
    if (this.isDone) return
    if (this.#owner.isFirst(this) || this.#owner.overtakes(this)) this.#emit(event)
    else this.#hold(event)
  }

  /** Also after its end: what it holds up would make room for more messages of the same client. */
  pause(): void {
    this.#holdsInput = true
    this.#owner.previous?.pause()
  }

  resume(): void {
    if (!this.#holdsInput) return
    this.#holdsInput = false
    this.#owner.previous?.resume()
  }

  /** Whether it has output that waits for its turn. */
  get isHolding(): boolean {
    return this.#buffer !== null
  }

  /** The client sends nothing more through the tunnel. */
  endInput(end: SessionEnd): void {
    this.#hasInputEnded = true
    this.session.process(end)
    if (this.#hasOutputEnded) this.#finishTunnel()
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
    this.#owner.flushed()
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
        this.hasStarted = true
        if ((event as MessageStart).wire?.opensTunnel === true) {
          this.isTunnel = true
          this.#owner.openTunnel(this)
        }
        this.#owner.emit(event)
        break
      case DATA:
        if (this.hasStarted) this.#owner.emit(event)
        break
      case MESSAGE_END:
        if (!this.hasStarted) break
        this.isDone = !this.isTunnel
        this.#owner.emit(event)
        if (this.isDone) this.#owner.finish(this)
        break
      case SESSION_END:
        if (this.isTunnel) this.#endOutput(event as SessionEnd)
        else this.#fail(event as SessionEnd)
        break
    }
  }

  /** The other end of the tunnel sends nothing more. */
  #endOutput(end: SessionEnd): void {
    this.#hasOutputEnded = true
    this.#owner.emit(end)
    if (this.#hasInputEnded || end.error !== '' || !end.isHalf) this.#finishTunnel()
  }

  #finishTunnel(): void {
    if (this.isDone) return
    this.isDone = true
    this.#owner.finish(this)
  }

  /** The session ended without an answer: whoever asked gets one all the same. */
  #fail(end: SessionEnd): void {
    this.isDone = true
    const error = end.error || 'ReadError'
    if (this.hasStarted) this.#owner.emit(new SessionEnd(error))
    else if (this.correlation?.isOneWay !== true) {
      this.#owner.emit(failedMessage(error, null, this.correlation))
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
    if (this.#buffer === null) {
      this.#buffer = []
      this.#owner.held()
    }
    this.#buffer.push(event)
  }
}
