import { HEAD_KEEP_ALIVE } from '../../native/protocol.ts'

/** Flags of a request that no decoder has seen: HTTP/1.1, and the connection stays open. */
const UNKNOWN_REQUEST = HEAD_KEEP_ALIVE

/**
 * The requests of one connection whose responses are to come, oldest first: one number each, its
 * HEAD_* bits. Most connections have one at a time, so the oldest has a field of its own.
 */
export class Exchanges {
  #oldest = -1
  #rest: number[] | null = null

  /** Number of requests that wait. */
  get size(): number {
    return this.#oldest < 0 ? 0 : 1 + (this.#rest?.length ?? 0)
  }

  push(flags: number): void {
    if (this.#oldest < 0) this.#oldest = flags
    else {
      this.#rest ??= []
      this.#rest.push(flags)
    }
  }

  /** Bits of the oldest request. */
  peek(): number {
    return this.#oldest < 0 ? UNKNOWN_REQUEST : this.#oldest
  }

  /** Changes the bits of the oldest request. */
  replace(flags: number): void {
    if (this.#oldest >= 0) this.#oldest = flags
  }

  shift(): void {
    this.#oldest = this.#rest?.shift() ?? -1
  }

  clear(): void {
    this.#oldest = -1
    this.#rest = null
  }
}
