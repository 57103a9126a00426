import type { LogEntry } from '../observability/logger.ts'
import { cut } from './cut.ts'

/** A hundred lines in a tenth of a second are more than anybody reads. */
const MAX_LINES = 100
/** Far below what a client may leave unread. */
const MAX_CHARACTERS = 1 << 17
const MAX_LINE_CHARACTERS = 1 << 13

/** The newest of the lines that were logged since the last batch. */
export interface LogLines {
  readonly entries: readonly LogEntry[]
  /** How many lines before them are left out. */
  readonly left: number
}

/** Gathers lines of the log, of which it keeps so many. */
export class LogBatch {
  #entries: LogEntry[] = []
  #total = 0

  add(entries: readonly LogEntry[]): void {
    this.#total += entries.length
    this.#entries = this.#entries.concat(entries.slice(-MAX_LINES)).slice(-MAX_LINES)
  }

  /** Begins anew. */
  take(): LogLines {
    const entries: LogEntry[] = []
    let characters = 0
    for (const entry of this.#entries.toReversed()) {
      const message = cut(entry.message, MAX_LINE_CHARACTERS)
      characters += message.length
      if (characters > MAX_CHARACTERS) break
      entries.push({ ...entry, message })
    }
    const left = this.#total - entries.length
    this.#entries = []
    this.#total = 0
    return { entries: entries.reverse(), left }
  }
}
