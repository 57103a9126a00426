import { Data } from '../engine/data.ts'
import {
  DATA,
  type Event,
  MESSAGE_ENDED,
  MessageEnd,
  SESSION_END,
  SessionEnd,
} from '../engine/event.ts'
import { Filter } from '../engine/filter.ts'
import { readLatin1 } from '../native/latin1.ts'
import {
  ERR_IN_HEAD,
  EV_BAD,
  EV_DATA,
  EV_HEAD,
  EV_MSG_END,
  EVENT_STRIDE,
  FRAMER_HTTP_RESPONSE,
} from '../native/protocol.ts'
import type { Reactor } from '../native/reactor.ts'
import type { FrameReceiver } from '../native/sockets.ts'
import { place } from '../net/socket.ts'

/** Bytes given to a direct framer at a time. */
const FEED_BYTES = 16 * 1024

/**
 * What all decoders share. Next to a socket the native framer works on the socket (fused) and
 * records arrive here; elsewhere `Data` is fed to a framer of the filter's own (direct), which
 * gives the same records.
 */
export abstract class FrameDecoder extends Filter implements FrameReceiver {
  readonly #kind: number
  #framer = -1
  protected isFused = false

  constructor(kind: number) {
    super()
    this.#kind = kind
  }

  protected get reactor(): Reactor {
    return this.session.layout.runtime.sockets.reactor
  }

  /** Number of the direct framer, made when first needed. */
  protected get framer(): number {
    if (this.#framer < 0) {
      this.#framer = this.reactor.framerCreate(
        this.#kind,
        this.expectsAny(),
        this.policy,
        this.client,
      )
    }
    return this.#framer
  }

  /** Forgets what a direct framer has seen. */
  protected renewFramer(): void {
    if (this.#framer >= 0) this.reactor.framerFree(this.#framer)
    this.#framer = -1
  }

  /** Whether HTTP responses are taken without knowing their requests. */
  protected expectsAny(): boolean {
    return this.#kind === FRAMER_HTTP_RESPONSE
  }

  /** The reactor's number of the limits that a direct framer has. */
  protected get policy(): number {
    return 0
  }

  /** The connection whose requests a direct framer sees, or -1. */
  protected get client(): number {
    return -1
  }

  /** Whether what a direct framer still finds has no taker. */
  protected get isOver(): boolean {
    return false
  }

  /** A direct framer has been fed. */
  protected fed(): void {}

  process(event: Event): void {
    if (event.kind === DATA) {
      if (this.isFused) return
      this.#feed(event as Data)
      this.fed()
    } else if (event.kind === SESSION_END) {
      this.receiveSessionEnd(this.#finish(event as SessionEnd))
    }
  }

  /** Ends the framer's stream; a message may have been cut short. */
  #finish(end: SessionEnd): SessionEnd {
    if (this.isFused || this.#framer < 0) return end
    const count = this.reactor.framerFinish(this.#framer)
    if (count === -ERR_IN_HEAD && this.#kind === FRAMER_HTTP_RESPONSE) {
      return new SessionEnd('ProtocolError')
    }
    if (end.error !== '') return end
    if (count < 0) return this.cutShort()
    this.#dispatch(count)
    return end
  }

  /** The stream has ended in the middle of a message. */
  protected cutShort(): SessionEnd {
    return new SessionEnd('ReadError')
  }

  override reset(): void {
    this.renewFramer()
    this.isFused = false
  }

  abstract receiveHead(events: Int32Array, at: number): void
  abstract receiveBad(status: number, reason: number): void
  protected abstract receiveSessionEnd(end: SessionEnd): void

  receiveBody(offset: number, size: number): void {
    this.next.process(Data.borrow(this.reactor, offset, size))
  }

  receiveEnd(offset: number, size: number): void {
    if (size === 0) this.next.process(MESSAGE_ENDED)
    else this.next.process(new MessageEnd(readLatin1(this.reactor.bytes, offset, offset + size)))
  }

  #feed(data: Data): void {
    const size = data.size
    const at = data.slabOffset
    if (at >= 0) return this.#dispatch(this.reactor.framerFeed(this.framer, at, size))
    const bytes = data.toBytes()
    for (let from = 0; from < size; from += FEED_BYTES) {
      const piece = bytes.subarray(from, from + FEED_BYTES)
      const count = this.reactor.framerFeed(this.framer, place(this.reactor, piece), piece.length)
      this.#dispatch(count)
    }
  }

  #dispatch(count: number): void {
    if (count <= 0) return
    // What comes after this filter may use another direct framer and overwrite the tape.
    const records = this.reactor.tape.slice(0, count * EVENT_STRIDE)
    for (let at = 0; at < records.length && !this.isOver; at += EVENT_STRIDE) {
      switch (records[at]) {
        case EV_HEAD:
          this.receiveHead(records, at)
          break
        case EV_DATA:
          this.receiveBody(records[at + 2] as number, records[at + 3] as number)
          break
        case EV_MSG_END:
          this.receiveEnd(records[at + 2] as number, records[at + 3] as number)
          break
        case EV_BAD:
          this.receiveBad(records[at + 2] as number, records[at + 3] as number)
          break
      }
    }
  }
}
