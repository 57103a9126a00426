import type { SourceOfCalls } from '../../engine/caller.ts'
import type { Context } from '../../engine/context.ts'
import type { Data } from '../../engine/data.ts'
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
} from '../../engine/event.ts'
import type { Filter, Sink, Source } from '../../engine/filter.ts'
import type { Layout } from '../../engine/layout.ts'
import type { Session } from '../../engine/session.ts'
import { own } from '../events/own.ts'
import { failedMessage } from '../http/frame-output.ts'
import { isSafeMessage } from './safe-message.ts'

/** Who has the messages of a connection, and decides whose turn it is. */
export interface ChannelOwner extends Filter {
  isFirst(channel: Channel): boolean
  /** Whether `channel` may begin its answer although it is not the first. */
  overtakes(channel: Channel): boolean
  /** Raw data that comes in from now on belongs to `channel`, whose message was the last one. */
  openTunnel(channel: Channel): void
  /** Output of a message whose turn it is. */
  emit(event: Event): void
  /** A message has begun to hold its answer back. */
  beganToHold(): void
  /** A message holds so many more bytes of its answer back. */
  held(channel: Channel, size: number): void
  /** A message has let go of what it held back. */
  letGo(size: number): void
  /** The first message has been answered completely, or never will be. */
  finish(channel: Channel): void
}

/**
 * One message on its way: takes the output of its session, and is the source that feeds it.
 *
 *     Waiting -> Begun -> Done
 *     Waiting -> Done (its input was cut off)
 */
export class Channel implements Sink, Source, SourceOfCalls {
  readonly #owner: ChannelOwner
  /** What works on the message; `null` as long as it waits to begin. */
  session: Session | null = null
  /** What ties the answer to the message, if answers come in any order. */
  readonly correlation: Correlation | null
  /** Other messages may be worked on at the same time. */
  readonly isSafe: boolean
  /** Neighbours in the owner's list. */
  earlier: Channel | null = null
  later: Channel | null = null
  /** Its answer is complete, or it has none. */
  isDone = false
  /** Its answer has begun to go out. */
  hasStarted = false
  /** Both messages are over, and what goes both ways is raw data. */
  isTunnel = false
  /** Bytes of its answer that wait for their turn. */
  heldBytes = 0
  /** Has the variables as they were when the message came. */
  readonly #context: Context
  /** What has come in of a message that waits. */
  #input: Event[] | null = null
  #hasInputEnded = false
  #hasOutputEnded = false
  #buffer: Event[] | null = null
  #isPaused = false
  #holdsInput = false

  /** `start` begins the message; it is given to `receive` as well. */
  constructor(owner: ChannelOwner, start: MessageStart, context: Context) {
    this.#owner = owner
    this.correlation = start.correlation
    this.isSafe = start.correlation !== null || isSafeMessage(start)
    this.#context = context
  }

  get caller(): Filter {
    return this.#owner
  }

  /** The message may be worked on, in a session of `target`. */
  begin(target: Layout, parent: Session): void {
    this.session = target.spawn(this.#context, this, this, parent)
  }

  /** Takes an event of the message: a session works on it, or it waits until there is one. */
  receive(event: Event): void {
    if (this.session !== null) return this.session.process(event)
    this.#input ??= []
    this.#input.push(own(event))
  }

  /** Gives the session what has waited for it. */
  catchUp(): void {
    const input = this.#input
    if (input === null) return
    this.#input = null
    for (const event of input) this.receive(event)
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
    this.session?.process(end)
    if (this.#hasOutputEnded) this.#finishTunnel()
  }

  setPaused(value: boolean): void {
    if (this.session === null || this.#isPaused === value) return
    this.#isPaused = value
    if (value) this.session.pauseOutput()
    else this.session.resumeOutput()
  }

  /** Its turn has come. */
  flush(): void {
    const buffer = this.#buffer
    if (buffer === null) return
    this.drop()
    for (const event of buffer) {
      if (this.isDone) return
      this.#emit(event)
    }
  }

  /** Forgets what it held back. */
  drop(): void {
    if (this.#buffer === null) return
    this.#buffer = null
    const size = this.heldBytes
    this.heldBytes = 0
    this.#owner.letGo(size)
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
    if (this.#buffer === null) {
      this.#buffer = []
      this.#owner.beganToHold()
    }
    this.#buffer.push(own(event))
    if (event.kind !== DATA) return
    const { size } = event as Data
    this.heldBytes += size
    this.#owner.held(this, size)
  }
}
