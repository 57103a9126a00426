import { formatLogLine } from '../../observability/log-line.ts'
import { observeLog } from '../../observability/logger.ts'

/** How many lines can be asked for afterwards. */
const MAX_LINES = 1000

/** The log as lines of text that are counted from the start, as `/api/log` gives them. */
export class LineLog {
  #lines: string[] = []
  #written = 0
  readonly #stop: () => void

  constructor() {
    this.#stop = observeLog((entries) => {
      for (const entry of entries) this.#add(formatLogLine(entry).replace(/\n$/, '').split('\n'))
    })
  }

  /** Lines that were ever written. */
  get size(): number {
    return this.#written
  }

  /** What was written after the first `count` lines, as far as it is still there. */
  after(count: number): string {
    const wanted = Math.min(Math.max(this.#written - count, 0), MAX_LINES)
    return wanted === 0 ? '' : `${this.#lines.slice(-wanted).join('\n')}\n`
  }

  close(): void {
    this.#stop()
  }

  #add(lines: readonly string[]): void {
    this.#lines.push(...lines.slice(-MAX_LINES))
    this.#written += lines.length
    if (this.#lines.length > 2 * MAX_LINES) this.#lines = this.#lines.slice(-MAX_LINES)
  }
}
