import { Data } from '../../engine/data.ts'
import { type Correlation, type Event, MESSAGE_ENDED, MessageStart } from '../../engine/event.ts'
import type { Filter } from '../../engine/filter.ts'
import { CTL_ARENA_AT } from '../../native/protocol.ts'
import type { Reactor } from '../../native/reactor.ts'
import { reserve, type Socket } from '../../net/socket.ts'
import type { HttpWireHead } from './wire-head.ts'

/** Where an HTTP encoder writes: straight to a socket, or into the event stream as `Data`. */
export interface FrameOutput {
  /** Brackets a message in the event stream; a socket needs none. */
  begin(event: Event): void
  finish(): void
  /** Writes a head that came from the wire and is unchanged, with WRITE_* flags. */
  forwardHead(wire: HttpWireHead, index: number, flags: number): void
  writeText(text: string): void
  writeData(data: Data): void
  writeChunk(data: Data): void
  writeLastChunk(trailers: string): void
}

/** The encoder stands next to a socket: everything becomes commands, and no bytes are made. */
export class SocketOutput implements FrameOutput {
  readonly socket: Socket

  constructor(socket: Socket) {
    this.socket = socket
  }

  begin(): void {}
  finish(): void {}

  forwardHead(_wire: HttpWireHead, index: number, flags: number): void {
    this.socket.forwardHead(index, flags)
  }

  writeText(text: string): void {
    this.socket.sendText(text)
  }

  writeData(data: Data): void {
    this.socket.send(data)
  }

  writeChunk(data: Data): void {
    this.socket.sendChunk(data)
  }

  writeLastChunk(trailers: string): void {
    this.socket.sendLastChunk(trailers)
  }
}

/** The encoder stands anywhere else: it puts out `Data` between the message's own start and end. */
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

  forwardHead(wire: HttpWireHead, index: number, flags: number): void {
    // The native writer needs at most the original's bytes and a few fields of its own.
    const bound = wire.size + 256
    const at = reserve(this.#reactor, bound)
    const size = this.#reactor.writeHead(index, flags, at, bound)
    this.#reactor.control[CTL_ARENA_AT] = at + size
    this.#filter.next.process(Data.borrow(this.#reactor, at, size))
  }

  writeText(text: string): void {
    if (text !== '') this.#filter.next.process(Data.fromBytes(Buffer.from(text, 'latin1')))
  }

  writeData(data: Data): void {
    if (data.size > 0) this.#filter.next.process(data)
  }

  writeChunk(data: Data): void {
    if (data.size === 0) return
    this.writeText(`${data.size.toString(16)}\r\n`)
    this.writeData(data)
    this.writeText('\r\n')
  }

  writeLastChunk(trailers: string): void {
    this.writeText(`0\r\n${trailers}\r\n`)
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
