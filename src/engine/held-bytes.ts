/**
 * What all sessions of a program may hold of their messages at a time, on one worker: 256 MB. The
 * limits of single messages do not bound that, and V8's own limit does not see such memory.
 */
const LIMIT = 256 * 1024 * 1024

/** Counts the bytes that filters hold until a message is whole or a condition true. */
export class HeldBytes {
  #size = 0

  /** Counts so many more, unless all together would be too many. */
  take(bytes: number): boolean {
    if (this.#size + bytes > LIMIT) return false
    this.#size += bytes
    return true
  }

  give(bytes: number): void {
    this.#size -= bytes
  }

  get size(): number {
    return this.#size
  }
}
