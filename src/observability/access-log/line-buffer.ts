import { type Escaping, LineBytes } from './line-bytes.ts'
import type { LineFile } from './line-file.ts'

/**
 * Lines become a piece for their file at this length, or after `FLUSH_MS`. Writing a piece costs a
 * hundred microseconds whatever its length: at 32 KB that was a quarter of the cost of a line.
 */
const PIECE_BYTES = 128 * 1024
const FLUSH_MS = 500

/** Gathers lines for a file. */
export class LineBuffer {
  /** Where lines are made. */
  readonly out: LineBytes
  readonly #file: Pick<LineFile, 'write'>
  #timer: NodeJS.Timeout | null = null

  constructor(file: Pick<LineFile, 'write'>, escaping: Escaping) {
    this.#file = file
    this.out = new LineBytes(escaping)
  }

  /** A line is complete. */
  lineEnded(): void {
    if (this.out.length >= PIECE_BYTES) this.flush()
    else this.#timer ??= setTimeout(() => this.flush(), FLUSH_MS)
  }

  /** Hands over what there is. */
  flush(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    if (this.out.length > 0) this.#file.write(this.out.take())
  }
}
