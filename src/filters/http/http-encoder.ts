import type { Data } from '../../engine/data.ts'
import {
  DATA,
  type Event,
  INTERIM,
  MESSAGE_END,
  MESSAGE_START,
  type MessageEnd,
  type MessageStart,
  SESSION_END,
  type SessionEnd,
} from '../../engine/event.ts'
import { Filter } from '../../engine/filter.ts'
import type { BatchListener } from '../../engine/runtime.ts'
import {
  HEAD_CHUNKED,
  HEAD_HAS_LENGTH,
  HEAD_NO_BODY,
  HEAD_UNTIL_CLOSE,
} from '../../native/protocol.ts'
import type { FrameOutput } from './frame-output.ts'
import { SizedHead } from './sized-head.ts'
import { allowedTrailers } from './trailers.ts'
import { HttpWireHead } from './wire-head.ts'

/**
 * How the body of the message in progress goes out.
 *
 *     Idle -> Held | None | Length | Chunked | UntilClose -> Idle
 *     Held -> Length (the whole body is known) | Chunked (it is too long to wait for)
 *     Idle -> Tunnel (there will be no other message)
 */
export type BodyMode = 'idle' | 'held' | 'none' | 'length' | 'chunked' | 'until-close' | 'tunnel'

/** A body of unknown length is held up to this size so that it can go out with Content-Length. */
const HELD_LIMIT = 64 * 1024

/** A message whose body has an unknown length, until that is known or does not matter. */
interface HeldMessage {
  readonly start: MessageStart
  readonly body: Data[]
  size: number
}

/** Head given to an encoder as its argument, in place of the message's own. */
export type HeadOption = object | (() => object | null) | null | undefined

/**
 * What both HTTP encoders share: bodies stream. The length is told when it is known from the wire
 * or the whole body is there within the batch; otherwise the body goes out chunked.
 */
export abstract class HttpEncoder extends Filter implements BatchListener {
  protected output!: FrameOutput
  protected mode: BodyMode = 'idle'
  /** Body bytes still to come in mode `length`. */
  protected remaining = 0
  readonly #option: HeadOption
  #held: HeldMessage | null = null

  constructor(option: HeadOption) {
    super()
    this.#option = option
  }

  /** Writes the head; `contentLength` is -1 when unknown. Returns how the body goes out. */
  protected abstract writeHead(
    start: MessageStart,
    head: object | null,
    contentLength: number,
  ): BodyMode
  /** The message is written completely, or, with `isCut`, its body came short. */
  protected abstract finished(isCut: boolean): void
  protected abstract receiveSessionEnd(end: SessionEnd): void
  protected receiveInterim(_event: MessageStart): void {}
  protected accepts(_start: MessageStart): boolean {
    return true
  }

  process(event: Event): void {
    switch (event.kind) {
      case MESSAGE_START:
        if (this.mode === 'idle') this.#begin(event as MessageStart)
        break
      case DATA:
        this.#write(event as Data)
        break
      case MESSAGE_END:
        this.#finish(event as MessageEnd)
        break
      case INTERIM:
        this.receiveInterim(event as MessageStart)
        break
      case SESSION_END:
        this.receiveSessionEnd(event as SessionEnd)
        break
    }
  }

  override reset(): void {
    this.drop()
    this.remaining = 0
  }

  /** Forgets the message in progress: what was held of it is not written, and no more is. */
  protected drop(): void {
    this.mode = 'idle'
    this.#held = null
  }

  #begin(start: MessageStart): void {
    if (!this.accepts(start)) return
    const wire = start.wire
    if (this.#option === null || this.#option === undefined) {
      if (wire instanceof HttpWireHead && !start.isBodyChanged) {
        const flags = wire.flags
        if ((flags & HEAD_HAS_LENGTH) !== 0) return this.#open(start, wire.contentLength)
        if ((flags & (HEAD_CHUNKED | HEAD_UNTIL_CLOSE)) !== 0) return this.#open(start, -1)
        if ((flags & HEAD_NO_BODY) !== 0) return this.#open(start, 0)
      } else if (wire instanceof SizedHead && !start.isBodyChanged) {
        return this.#open(start, wire.contentLength)
      }
    }
    this.#held = { start: start.own(), body: [], size: 0 }
    this.mode = 'held'
    this.session.context.runtime.atBatchEnd(this)
  }

  /** The batch is over and the body is not complete: do not wait for the rest. */
  batchEnded(): void {
    if (this.#held !== null) this.#openHeld(this.#held, false)
  }

  #open(start: MessageStart, contentLength: number): void {
    // Heads come from scripts, so that writing one may fail as a callback may.
    try {
      const option = this.#option
      const context = this.session.context
      let head: object | null | undefined = null
      if (typeof option === 'function') {
        head = context.runtime.call(context, option as () => object | null, undefined)
      } else head = option
      this.remaining = contentLength
      this.mode = this.writeHead(start, head ?? null, contentLength)
    } catch (error) {
      this.mode = 'idle'
      this.failed(error)
    }
  }

  #openHeld(held: HeldMessage, isComplete: boolean): void {
    this.#held = null
    this.#open(held.start, isComplete ? held.size : -1)
    for (const data of held.body) this.#write(data)
  }

  #write(data: Data): void {
    switch (this.mode) {
      case 'held':
        this.#hold(data)
        break
      case 'length':
        // More than was announced would be read as the next message: never let it out.
        if (data.size > this.remaining) return this.#cut()
        this.remaining -= data.size
        this.output.send(data)
        break
      case 'chunked':
        this.output.sendChunk(data)
        break
      case 'until-close':
      case 'tunnel':
        this.output.send(data)
        break
      case 'idle':
      case 'none':
        break
    }
  }

  #hold(data: Data): void {
    const held = this.#held
    if (held === null) return
    held.body.push(data.own())
    held.size += data.size
    if (held.size > HELD_LIMIT) this.#openHeld(held, false)
  }

  #finish(end: MessageEnd): void {
    if (this.#held !== null) this.#openHeld(this.#held, true)
    if (this.mode === 'idle' || this.mode === 'tunnel') return
    if (this.mode === 'length' && this.remaining > 0) return this.#cut()
    if (this.mode === 'chunked') this.output.sendLastChunk(this.#trailersOf(end))
    this.mode = 'idle'
    this.output.finish()
    this.finished(false)
  }

  #trailersOf({ trailers }: MessageEnd): string {
    if (trailers === '') return ''
    const { runtime } = this.session.context
    return allowedTrailers(trailers, (error) => runtime.reportScriptError(error))
  }

  #cut(): void {
    this.drop()
    this.finished(true)
  }

  /** A script's head cannot be written. */
  protected abstract failed(error: unknown): void
}
