import { Data } from '../../engine/data.ts'
import { type Correlation, type Event, MESSAGE_ENDED, MessageStart } from '../../engine/event.ts'
import type { Filter } from '../../engine/filter.ts'
import { CTL_ARENA_AT } from '../../native/protocol.ts'
import type { Reactor } from '../../native/reactor.ts'
import { placeText, reserve } from '../../net/socket.ts'

/**
 * Where an HTTP encoder writes: a `Socket` right behind it, where everything becomes commands and
 * no bytes are made, or an `EventOutput` anywhere else.
 */
export interface FrameOutput {
  /** Brackets a message in the event stream; a socket needs none. */
  begin(event: Event): void
  finish(): void
  /**
   * Writes a head of `size` bytes that came from the wire and is unchanged, with WRITE_* flags;
   * `lines` are those that WRITE_LINES announces.
   */
  forwardHead(index: number, flags: number, size: number, lines?: string): void
  sendText(text: string): void
  send(data: Data): void
  sendChunk(data: Data): void
  sendLastChunk(trailers: string): void
}

/** Puts out `Data` between the message's own start and end. */
export class EventOutput implements FrameOutput {
  readonly #filter: Filter
  readonly #reactor: Reactor

  constructor(filter: Filter, reactor: Reactor) {
    this.#filter = filter
    this.#reactor = reactor
  }

  begin(event: Event): void {
    this.#filter.next.process(event)
  }

  finish(): void {
    this.#filter.next.process(MESSAGE_ENDED)
  }

  forwardHead(index: number, flags: number, headSize: number, lines = ''): void {
    const linesAt = lines === '' ? 0 : placeText(this.#reactor, lines)
    // The native writer needs the original's bytes and a few fields of its own, which have the host
    // in them twice.
    let bound = headSize + 1024 + lines.length
    let at = reserve(this.#reactor, bound)
    let size = this.#reactor.writeHead(index, flags, at, bound, linesAt, lines.length)
    if (size < 0) {
      bound = -size
      at = reserve(this.#reactor, bound)
      size = this.#reactor.writeHead(index, flags, at, bound, linesAt, lines.length)
    }
    this.#reactor.control[CTL_ARENA_AT] = at + size
    this.#filter.next.process(Data.borrow(this.#reactor, at, size))
  }

  sendText(text: string): void {
    if (text !== '') this.#filter.next.process(Data.fromBytes(Buffer.from(text, 'latin1')))
  }

  send(data: Data): void {
    if (data.size > 0) this.#filter.next.process(data)
  }

  sendChunk(data: Data): void {
    if (data.size === 0) return
    this.sendText(`${data.size.toString(16)}\r\n`)
    this.send(data)
    this.sendText('\r\n')
  }

  sendLastChunk(trailers: string): void {
    this.sendText(`0\r\n${trailers}\r\n`)
  }
}

/** A `MessageStart` that stands for a failure: codecs turn it into their protocol's error. */
export function failedMessage(
  error: MessageStart['failure'],
  head: object | null,
  correlation: Correlation | null = null,
): MessageStart {
  const event = new MessageStart(head)
  event.failure = error
  event.correlation = correlation
  return event
}
