import type { FileHandle } from 'node:fs/promises'

/** Who takes what is read. Nothing is called any more after `stop`. */
export interface FileTaker {
  onBytes(bytes: Buffer): void
  /** All has been told; with `isCut`, the file was shorter than expected. */
  onFinished(isCut: boolean): void
  /** Called after each of the others: they run outside of a batch. */
  settle(): void
}

/** Bytes of one read; one read at a time, so that a client costs no more. */
const READ_BYTES = 64 * 1024

/** Reads a part of a file piece by piece, on libuv's threads, as fast as it is taken; then closes it. */
export class FileReader {
  readonly #handle: FileHandle
  #taker: FileTaker | null
  #at: number
  readonly #end: number
  #isPaused = false
  #isReading = false

  /** Owns `handle` from now on; reads `[from, end)`. */
  constructor(
    handle: FileHandle,
    { from, end }: { readonly from: number; readonly end: number },
    taker: FileTaker,
  ) {
    this.#handle = handle
    this.#at = from
    this.#end = end
    this.#taker = taker
  }

  start(): void {
    if (this.#isReading || this.#isPaused || this.#taker === null) return
    this.#isReading = true
    void this.#read()
  }

  pause(): void {
    this.#isPaused = true
  }

  resume(): void {
    this.#isPaused = false
    this.start()
  }

  /** Forgets what is in progress. */
  stop(): void {
    this.#taker = null
    if (!this.#isReading) this.#close()
  }

  async #read(): Promise<void> {
    while (this.#taker !== null && !this.#isPaused) {
      const size = Math.min(READ_BYTES, this.#end - this.#at)
      const bytes = await this.#bytes(size)
      const taker: FileTaker | null = this.#taker
      if (taker === null) break
      this.#at += bytes.length
      if (bytes.length > 0) taker.onBytes(bytes)
      if (this.#at >= this.#end || bytes.length === 0) this.#finish(taker)
      taker.settle()
    }
    this.#isReading = false
    if (this.#taker === null) this.#close()
  }

  /** Empty at the end of the file, and when it cannot be read. */
  async #bytes(size: number): Promise<Buffer> {
    const buffer = Buffer.allocUnsafeSlow(size)
    try {
      const { bytesRead } = await this.#handle.read(buffer, 0, size, this.#at)
      return buffer.subarray(0, bytesRead)
    } catch {
      return Buffer.alloc(0)
    }
  }

  #finish(taker: FileTaker): void {
    this.#taker = null
    taker.onFinished(this.#at < this.#end)
  }

  #close(): void {
    this.#handle.close().catch(() => undefined)
  }
}
