import type { BrotliCompress, Gzip } from 'node:zlib'
import type { Encoding } from './accepted-encoding.ts'
import { nodeZlib } from './node-zlib.ts'

/** Who uses a compressor. Nothing is called any more after `destroy`. */
export interface CompressorOwner {
  onOutput(bytes: Buffer): void
  /** All of the output has been told. */
  onFinished(): void
  /** There is room again after a `write` that returned false. */
  onDrained(): void
  onError(error: Error): void
  /** Called after each of the others: they run outside of a batch. */
  settle(): void
}

export interface CompressorOptions {
  readonly encoding: Encoding
  /** 1 to 9. */
  readonly level: number
  /** Bytes of the whole body; -1 if that is unknown: then nothing stays behind for long. */
  readonly size: number
}

/** Each takes up to 1.5 MB; beyond so many, responses of this worker go out as they are. */
const MAX_COMPRESSORS = 256
/** Bytes that wait to be compressed, above which whoever writes is held up, and is let go. */
const HIGH_WATERMARK = 256 * 1024
const LOW_WATERMARK = 64 * 1024

/** Window in bits: more costs memory of each response and gains little on texts. */
const MAX_GZIP_BITS = 15
const MAX_BROTLI_BITS = 18
const MIN_BITS = 10

let count = 0

/** Whether this worker may begin another one. */
export function hasCompressor(): boolean {
  return count < MAX_COMPRESSORS
}

type Stream = Gzip | BrotliCompress

/** Compresses one body on libuv's threads. */
export class Compressor {
  readonly #stream: Stream
  readonly #flush: number
  readonly #isStreamed: boolean
  #owner: CompressorOwner | null
  #waiting = 0
  /** There should be no more before `onDrained`. */
  isFull = false
  #hasEnded = false

  constructor({ encoding, level, size }: CompressorOptions, owner: CompressorOwner) {
    this.#owner = owner
    this.#isStreamed = size < 0
    this.#stream = encoding === 'br' ? brotli(level, size) : gzip(level, size)
    const { constants } = nodeZlib()
    this.#flush = encoding === 'br' ? constants.BROTLI_OPERATION_FLUSH : constants.Z_SYNC_FLUSH
    count++
    this.#stream.on('data', (bytes: Buffer) => {
      this.#owner?.onOutput(bytes)
      this.#owner?.settle()
    })
    this.#stream.on('end', () => {
      const before = this.#owner
      this.#owner = null
      before?.onFinished()
      before?.settle()
    })
    this.#stream.on('error', (error) => {
      const before = this.#owner
      this.#owner = null
      before?.onError(error)
      before?.settle()
    })
    this.#stream.on('close', () => {
      count--
    })
  }

  /** Takes over `bytes`; false if there should not be more before `onDrained`. */
  write(bytes: Uint8Array): boolean {
    const { length } = bytes
    this.#waiting += length
    this.#stream.write(bytes, () => this.#taken(length))
    this.isFull ||= this.#waiting > HIGH_WATERMARK
    return !this.isFull
  }

  end(): void {
    this.#hasEnded = true
    this.#stream.end()
  }

  pause(): void {
    this.#stream.pause()
  }

  resume(): void {
    this.#stream.resume()
  }

  /** Forgets what is in progress. */
  destroy(): void {
    this.#owner = null
    this.#stream.destroy()
  }

  #taken(length: number): void {
    this.#waiting -= length
    const owner = this.#owner
    if (owner === null) return
    // Nothing more has come: what the peer has so far may be waited for.
    if (this.#waiting === 0 && this.#isStreamed && !this.#hasEnded) this.#stream.flush(this.#flush)
    if (!this.isFull || this.#waiting > LOW_WATERMARK) return
    this.isFull = false
    owner.onDrained()
    owner.settle()
  }
}

function gzip(level: number, size: number): Stream {
  const windowBits = windowFor(size, MAX_GZIP_BITS)
  // The two are in proportion by default: 15 and 8.
  return nodeZlib().createGzip({ level, windowBits, memLevel: windowBits - 7 })
}

function brotli(level: number, size: number): Stream {
  const { constants, createBrotliCompress } = nodeZlib()
  return createBrotliCompress({
    params: {
      [constants.BROTLI_PARAM_QUALITY]: level,
      [constants.BROTLI_PARAM_LGWIN]: windowFor(size, MAX_BROTLI_BITS),
      [constants.BROTLI_PARAM_SIZE_HINT]: Math.min(Math.max(size, 0), 2 ** 30),
    },
  })
}

/** Bits of the smallest window that holds a body; 262 bytes of it are lookahead in deflate. */
function windowFor(size: number, max: number): number {
  if (size < 0) return max
  return Math.min(max, Math.max(MIN_BITS, Math.ceil(Math.log2(size + 262))))
}
