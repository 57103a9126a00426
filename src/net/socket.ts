import type { Data } from '../engine/data.ts'
import type { Source } from '../engine/filter.ts'
import { writeLatin1 } from '../native/latin1.ts'
import {
  CMD_ABORT,
  CMD_CLOSE,
  CMD_END,
  CMD_EXPECT,
  CMD_FRAMER,
  CMD_HEAD_LINES,
  CMD_PAUSE,
  CMD_PHASE,
  CMD_RESUME,
  CMD_SEND,
  CMD_SEND_CHUNK,
  CMD_SEND_COPY,
  CMD_SEND_HEAD,
  CMD_SEND_LAST,
  CMD_TIMEOUT,
  CTL_ARENA_AT,
  CTL_ARENA_END,
} from '../native/protocol.ts'
import type { Reactor } from '../native/reactor.ts'

/** JS-made bytes up to this size go through the slab arena; larger ones are handed over at once. */
const ARENA_LIMIT = 16 * 1024

/** One connection of the reactor: what TypeScript may ask of it. All calls take effect per batch. */
export class Socket implements Source {
  readonly reactor: Reactor
  /** The reactor's number of the connection, -1 once it is closed. */
  id: number
  #pauses = 0

  constructor(reactor: Reactor, id: number) {
    this.reactor = reactor
    this.id = id
  }

  /** Queues bytes for the peer. */
  send(data: Data): void {
    const size = data.size
    if (this.id < 0 || size === 0) return
    const at = data.slabOffset
    if (at >= 0) this.reactor.command3(CMD_SEND, this.id, at, size)
    else if (size <= ARENA_LIMIT) {
      this.reactor.command3(CMD_SEND, this.id, place(this.reactor, data.toBytes()), size)
    } else this.reactor.sendBytes(this.id, data.toBytes())
  }

  /** Queues a few bytes of the slab so that what follows them can go out in the same piece. */
  sendCopy(at: number, size: number): void {
    if (this.id >= 0) this.reactor.command3(CMD_SEND_COPY, this.id, at, size)
  }

  /** Queues bytes as one chunk of a chunked HTTP body. */
  sendChunk(data: Data): void {
    const size = data.size
    if (this.id < 0 || size === 0) return
    const at = data.slabOffset
    if (at >= 0) this.reactor.command3(CMD_SEND_CHUNK, this.id, at, size)
    else if (size <= ARENA_LIMIT) {
      this.reactor.command3(CMD_SEND_CHUNK, this.id, place(this.reactor, data.toBytes()), size)
    } else {
      this.sendText(`${size.toString(16)}\r\n`)
      this.reactor.sendBytes(this.id, data.toBytes())
      this.sendText('\r\n')
    }
  }

  /** Ends a chunked HTTP body with trailer lines, each with its CRLF. */
  sendLastChunk(trailers: string): void {
    if (this.id < 0) return
    const at = trailers === '' ? 0 : placeText(this.reactor, trailers)
    this.reactor.command3(CMD_SEND_LAST, this.id, at, trailers.length)
  }

  /** Queues Latin-1 text. */
  sendText(text: string): void {
    if (this.id < 0 || text.length === 0) return
    this.reactor.command3(CMD_SEND, this.id, placeText(this.reactor, text), text.length)
  }

  /** A message has no marks on a socket: see `FrameOutput`. */
  begin(): void {}
  finish(): void {}

  /** Forwards a head of the current batch, written anew natively as the WRITE_* flags ask. */
  forwardHead(index: number, flags: number, _size: number, lines = ''): void {
    if (this.id < 0) return
    if (lines !== '') {
      const at = placeText(this.reactor, lines)
      this.reactor.command3(CMD_HEAD_LINES, this.id, at, lines.length)
    }
    this.reactor.command3(CMD_SEND_HEAD, this.id, index, flags)
  }

  /** Attaches a native framer of kind FRAMER_*. */
  frame(kind: number): void {
    if (this.id >= 0) this.reactor.command2(CMD_FRAMER, this.id, kind)
  }

  /** Tells the response framer of a request that was sent as text. */
  expect(flags: number): void {
    if (this.id >= 0) this.reactor.command2(CMD_EXPECT, this.id, flags)
  }

  /** Tells what is due from the peer, PHASE_*; a framer finds out what comes after. */
  enterPhase(phase: number): void {
    if (this.id >= 0) this.reactor.command2(CMD_PHASE, this.id, phase)
  }

  /** Arms the connection's one timer; zero milliseconds disarm it. */
  timeout(milliseconds: number, kind: number): void {
    if (this.id >= 0) this.reactor.command3(CMD_TIMEOUT, this.id, milliseconds, kind)
  }

  /** Whether reading is held up. */
  get isPaused(): boolean {
    return this.#pauses > 0
  }

  pause(): void {
    this.#pauses++
    if (this.#pauses === 1 && this.id >= 0) this.reactor.command1(CMD_PAUSE, this.id)
  }

  resume(): void {
    this.#pauses--
    if (this.#pauses === 0 && this.id >= 0) this.reactor.command1(CMD_RESUME, this.id)
  }

  /** Ends our direction once everything queued is sent. */
  end(): void {
    if (this.id >= 0) this.reactor.command1(CMD_END, this.id)
  }

  /** Closes once everything queued is sent. */
  close(): void {
    if (this.id >= 0) this.reactor.command1(CMD_CLOSE, this.id)
    this.id = -1
  }

  /** Closes at once, with a reset. */
  abort(): void {
    if (this.id >= 0) this.reactor.command1(CMD_ABORT, this.id)
    this.id = -1
  }
}

/** Copies bytes, at most ARENA_LIMIT of them, to the slab; the place is good for this batch. */
export function place(reactor: Reactor, bytes: Uint8Array): number {
  const at = reserve(reactor, bytes.length)
  reactor.bytes.set(bytes, at)
  return at
}

/** Copies Latin-1 text to the slab; the place is good for this batch. */
export function placeText(reactor: Reactor, text: string): number {
  const at = reserve(reactor, text.length)
  writeLatin1(reactor.bytes, text, at)
  return at
}

/** Reserves slab memory for this batch. */
export function reserve(reactor: Reactor, size: number): number {
  const control = reactor.control
  if ((control[CTL_ARENA_AT] as number) + size > (control[CTL_ARENA_END] as number)) {
    reactor.allocArena(size)
  }
  const at = control[CTL_ARENA_AT] as number
  control[CTL_ARENA_AT] = at + size
  return at
}
