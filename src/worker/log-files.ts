import { LineFile } from '../observability/access-log/line-file.ts'
import { logger } from '../observability/logger.ts'

/** The files that access logs of this worker write to, each open once whatever programs use it. */
export class LogFiles {
  readonly #files = new Map<string, LineFile>()
  readonly #dropped: (lines: number) => void

  /** `dropped` is told of lines that a file does not take in time. */
  constructor(dropped: (lines: number) => void) {
    this.#dropped = dropped
  }

  /** The file of a path. Throws what opening it does. */
  open(path: string): LineFile {
    const known = this.#files.get(path)
    if (known !== undefined) return known
    const file = new LineFile(path, {
      dropped: this.#dropped,
      changed: (problem) => {
        if (problem === '') logger.warn(`[access log] ${path} is written again`)
        else logger.error(`[access log] ${path} cannot be written, lines are dropped: ${problem}`)
      },
    })
    this.#files.set(path, file)
    return file
  }

  /** Goes on in new files, after the present ones were moved. */
  reopen(): void {
    for (const file of this.#files.values()) file.reopen()
  }

  /** Resolves when all is written that can be. */
  async finish(): Promise<void> {
    await Promise.all([...this.#files.values()].map((file) => file.finish()))
  }
}
