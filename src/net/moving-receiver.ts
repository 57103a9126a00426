import type { FramedReceiver } from './framable.ts'

/**
 * Stands before the decoder of a connection that is to go on in another program: when a head comes
 * while no request is in progress, `move` gives the decoder that takes it.
 */
export class MovingReceiver implements FramedReceiver {
  readonly #before: FramedReceiver
  readonly #move: () => FramedReceiver | null

  constructor(before: FramedReceiver, move: () => FramedReceiver | null) {
    this.#before = before
    this.#move = move
  }

  receiveHead(events: Int32Array, at: number): void {
    const taker = this.#before.isBusy() ? this.#before : this.#move()
    taker?.receiveHead(events, at)
  }

  receiveBody(offset: number, size: number): void {
    this.#before.receiveBody(offset, size)
  }

  receiveEnd(offset: number, size: number): void {
    this.#before.receiveEnd(offset, size)
  }

  receiveBad(status: number, reason: number): void {
    this.#before.receiveBad(status, reason)
  }

  isBusy(): boolean {
    return this.#before.isBusy()
  }
}
