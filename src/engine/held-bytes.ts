/**
 * What all sessions of a program may hold of their messages at a time, on one worker: 256 MB. The
 * limits of single messages do not bound that, and V8's own limit does not see such memory.
 */
const LIMIT = 256 * 1024 * 1024

/** Counts the bytes that filters hold until a message is whole or a condition true. */
export class HeldBytes {
  size = 0
}

/** Those that one filter holds. */
export class Holding {
  #all: HeldBytes | null = null
  size = 0

  /** Holds so many more, unless all together would be too many. */
  take(all: HeldBytes, bytes: number): boolean {
    if (all.size + bytes > LIMIT) return false
    this.#all = all
    all.size += bytes
    this.size += bytes
    return true
  }

  /** Lets go of so many, or of all that it holds. */
  give(bytes: number = this.size): void {
    if (this.#all === null || bytes === 0) return
    this.#all.size -= bytes
    this.size -= bytes
  }
}
