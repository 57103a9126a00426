import { type LogEntry, observeLog } from '../observability/logger.ts'

/** How many entries of the log can be asked for afterwards. */
const MAX_ENTRIES = 1000

/** The end of the log, kept while the API runs. */
export class LogHistory {
  #entries: LogEntry[] = []
  readonly #stop: () => void

  constructor() {
    this.#stop = observeLog((entries) => {
      this.#entries.push(...entries.slice(-MAX_ENTRIES))
      if (this.#entries.length > MAX_ENTRIES) this.#entries = this.#entries.slice(-MAX_ENTRIES)
    })
  }

  /** The newest entries, oldest first. */
  last(count: number): readonly LogEntry[] {
    return this.#entries.slice(-count)
  }

  close(): void {
    this.#stop()
  }
}
