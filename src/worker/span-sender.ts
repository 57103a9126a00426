import type { Buffer } from 'node:buffer'
import { LineBuffer } from '../observability/access-log/line-buffer.ts'
import type { SpanPiece } from '../observability/tracing/span-record.ts'

/** What the orchestrator takes too slowly is kept up to this size, some 2000 spans. */
const MAX_WAITING_BYTES = 1 << 20

/**
 * Sends spans to the orchestrator, which exports them. One piece is with it at a time, so that one
 * that is late has no more to do, and no more memory is taken; what goes beyond is dropped.
 */
export class SpanSender {
  readonly #post: (piece: SpanPiece) => void
  #lines: LineBuffer | null = null
  #pieces: string[] = []
  #waitingBytes = 0
  #isAwaited = false
  #dropped = 0

  constructor(post: (piece: SpanPiece) => void) {
    this.#post = post
  }

  /** Where spans are gathered, the same for all programs. */
  get lines(): LineBuffer {
    this.#lines ??= new LineBuffer(this, 'json')
    return this.#lines
  }

  /** Sends whole lines, now or later. */
  write(piece: Buffer): void {
    const lines = piece.toString('latin1')
    if (this.#waitingBytes + lines.length > MAX_WAITING_BYTES) {
      this.#dropped += lines.split('\n').length - 1
      return
    }
    this.#pieces.push(lines)
    this.#waitingBytes += lines.length
    if (!this.#isAwaited) this.#send()
  }

  /** The orchestrator has taken the last piece. */
  taken(): void {
    this.#isAwaited = false
    if (this.#pieces.length > 0) this.#send()
  }

  /** Sends all that there is, before the thread ends. */
  finish(): void {
    this.#lines?.flush()
    while (this.#pieces.length > 0) this.#send()
  }

  #send(): void {
    const lines = this.#pieces.shift() ?? ''
    this.#waitingBytes -= lines.length
    this.#isAwaited = true
    this.#post({ lines, dropped: this.#dropped })
    this.#dropped = 0
  }
}
