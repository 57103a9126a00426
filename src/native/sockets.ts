import { beginBatch, endBatch } from './batch-clock.ts'
import {
  CTL_RECORD,
  EV_ACCEPT,
  EV_BAD,
  EV_CONGESTED,
  EV_CONNECT,
  EV_DATA,
  EV_DRAINED,
  EV_END,
  EV_ERROR,
  EV_HEAD,
  EV_MSG_END,
  EV_TIMEOUT,
  EVENT_STRIDE,
} from './protocol.ts'
import type { Reactor } from './reactor.ts'

/** Receives what a codec finds in a byte stream, from the framer on a socket or a direct one. */
export interface FrameReceiver {
  /** `events[at]` is a HEAD record. */
  receiveHead(events: Int32Array, at: number): void
  receiveBody(offset: number, size: number): void
  receiveEnd(trailerOffset: number, trailerSize: number): void
  /** The bytes are not of the framer's protocol; `status` is what a server should answer. */
  receiveBad(status: number, reason: number): void
}

/** Receives everything that happens to one connection. */
export interface SocketHandler extends FrameReceiver {
  /** An outbound connection stands, or `errno` tells why not. */
  onConnect(errno: number): void
  onData(offset: number, size: number): void
  /** The peer has ended its direction cleanly. */
  onEnd(): void
  /** The connection is gone; its number is given back with `abort`. */
  onError(errno: number): void
  onCongested(): void
  onDrained(): void
  onTimeout(kind: number): void
}

/**
 * Called with the number of each accepted connection; returns who handles it, nobody if it is
 * closed. `isTakenOver`: another worker had begun to serve it, and has died.
 */
export type Acceptor = (connection: number, isTakenOver: boolean) => SocketHandler | undefined

/** Told of a positive errno whenever the system has refused another descriptor or memory. */
export type ShortageListener = (errno: number) => void

/** Hands the reactor's event records to the connection handlers of one worker. */
export class Sockets {
  readonly reactor: Reactor
  readonly #handlers: (SocketHandler | undefined)[] = []
  readonly #acceptors: (Acceptor | undefined)[] = []
  readonly #afterBatch: () => void

  /** The system has refused what another connection takes; that connection waits or has failed. */
  onShortage: ShortageListener = () => {}

  /** `afterBatch` runs when the records are handled and before commands are executed. */
  constructor(reactor: Reactor, afterBatch: () => void) {
    this.reactor = reactor
    this.#afterBatch = afterBatch
    reactor.onBatch = (count) => this.#deliver(count)
  }

  /** Handles connections accepted by listener `id`; `undefined` resets new ones. */
  setAcceptor(id: number, acceptor: Acceptor | undefined): void {
    this.#acceptors[id] = acceptor
  }

  /**
   * Takes over up to `count` connections of a row as if `listener` had accepted them, from workers
   * that have died.
   */
  takeOver(row: number, listener: number, count: number): void {
    for (let i = 0; i < count; i++) {
      const taken = this.reactor.takeOver(row, listener)
      if (taken === undefined) break
      this.#accept(taken.connection, listener, !taken.isNew)
    }
    this.settle()
  }

  attach(connection: number, handler: SocketHandler): void {
    this.#handlers[connection] = handler
  }

  /** Nothing more of this connection is delivered; goes with CLOSE or ABORT. */
  detach(connection: number): void {
    this.#handlers[connection] = undefined
  }

  /** The handlers of all open connections. */
  *handlers(): Iterable<SocketHandler> {
    for (const handler of this.#handlers) if (handler !== undefined) yield handler
  }

  /** Ends work that was done outside of a batch: timers, messages, resolved names. */
  settle(): void {
    this.#afterBatch()
    this.reactor.flush()
  }

  #deliver(count: number): void {
    const { events, control } = this.reactor
    const handlers = this.#handlers
    beginBatch()
    for (let i = 0, at = 0; i < count; i++, at += EVENT_STRIDE) {
      control[CTL_RECORD] = i
      const kind = events[at] as number
      const connection = events[at + 1] as number
      if (kind === EV_ACCEPT) {
        if (connection < 0) this.onShortage(events[at + 3] as number)
        else this.#accept(connection, events[at + 2] as number, false)
        continue
      }
      // Closed earlier in this batch: what the ring still holds of it has no taker.
      const handler = handlers[connection]
      if (handler === undefined) continue
      switch (kind) {
        case EV_HEAD:
          handler.receiveHead(events, at)
          break
        case EV_DATA:
          handler.onData(events[at + 2] as number, events[at + 3] as number)
          break
        case EV_MSG_END:
          handler.receiveEnd(events[at + 2] as number, events[at + 3] as number)
          break
        case EV_CONNECT:
          handler.onConnect(events[at + 2] as number)
          break
        case EV_END:
          handler.onEnd()
          break
        case EV_ERROR:
          handler.onError(events[at + 2] as number)
          break
        case EV_BAD:
          handler.receiveBad(events[at + 2] as number, events[at + 3] as number)
          break
        case EV_CONGESTED:
          handler.onCongested()
          break
        case EV_DRAINED:
          handler.onDrained()
          break
        case EV_TIMEOUT:
          handler.onTimeout(events[at + 2] as number)
          break
      }
    }
    control[CTL_RECORD] = -1
    this.#afterBatch()
    endBatch()
  }

  #accept(connection: number, listener: number, isTakenOver: boolean): void {
    const acceptor = this.#acceptors[listener]
    if (acceptor === undefined) this.reactor.abort(connection)
    else this.#handlers[connection] = acceptor(connection, isTakenOver)
  }
}
