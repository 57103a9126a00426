import { Data } from '../../engine/data.ts'
import { MESSAGE_ENDED, MessageStart } from '../../engine/event.ts'
import type { Filter } from '../../engine/filter.ts'
import type { Reactor } from '../../native/reactor.ts'
import { isFramable } from '../../net/framable.ts'
import { reserve, type Socket } from '../../net/socket.ts'
import type { DubboWireHead } from './dubbo-head.ts'

const HEAD_BYTES = 16
const MAGIC_HIGH = 0xda
const MAGIC_LOW = 0xbb

/**
 * Where the Dubbo encoder writes: straight to the socket that it stands next to, so that bodies
 * stay in the slab, or into the event stream as `Data`.
 */
export class DubboOutput {
  readonly #filter: Filter
  readonly #reactor: Reactor
  /** `undefined` until the first message, because asking for a socket opens it. */
  #socket: Socket | null | undefined = undefined

  constructor(filter: Filter, reactor: Reactor) {
    this.#filter = filter
    this.#reactor = reactor
  }

  writeHead(head: DubboWireHead, bodySize: number): void {
    const { next } = this.#filter
    if (this.#socket === undefined) this.#socket = isFramable(next) ? next.openSocket() : null
    const at = reserve(this.#reactor, HEAD_BYTES)
    const { bytes } = this.#reactor
    bytes[at] = MAGIC_HIGH
    bytes[at + 1] = MAGIC_LOW
    bytes[at + 2] = head.flags
    bytes[at + 3] = head.status
    putInt32(bytes, at + 4, head.idHigh)
    putInt32(bytes, at + 8, head.idLow)
    putInt32(bytes, at + 12, bodySize)
    if (this.#socket !== null) return this.#socket.sendCopy(at, HEAD_BYTES)
    next.process(new MessageStart())
    // Asked for again: what comes next may have failed and be gone.
    this.#filter.next.process(Data.borrow(this.#reactor, at, HEAD_BYTES))
  }

  writeBody(data: Data): void {
    const socket = this.#socket
    if (socket !== null && socket !== undefined) socket.send(data)
    else if (data.size > 0) this.#filter.next.process(data)
  }

  /** Ends a message in the event stream; a socket needs no such thing. */
  finish(): void {
    if (this.#socket === null) this.#filter.next.process(MESSAGE_ENDED)
  }
}

function putInt32(bytes: Uint8Array, at: number, value: number): void {
  bytes[at] = value >>> 24
  bytes[at + 1] = value >>> 16
  bytes[at + 2] = value >>> 8
  bytes[at + 3] = value
}
