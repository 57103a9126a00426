import { LineBuffer } from '../observability/access-log/line-buffer.ts'
import type { Escaping } from '../observability/access-log/line-bytes.ts'
import { LineFile } from '../observability/access-log/line-file.ts'
import { logger } from '../observability/logger.ts'

/** The files that access logs of this worker write to, each open once whatever programs use it. */
export class LogFiles {
  readonly #files = new Map<string, LineFile>()
  /** By path and escaping: programs that follow each other go on in the same. */
  readonly #buffers = new Map<string, Map<Escaping, LineBuffer>>()
  readonly #dropped: (lines: number) => void

  /** `dropped` is told of lines that a file does not take in time. */
  constructor(dropped: (lines: number) => void) {
    this.#dropped = dropped
  }

  /** Gathers lines for the file of a path. Throws what opening it does. */
  open(path: string, escaping: Escaping): LineBuffer {
    const file = this.#files.get(path) ?? this.#openFile(path)
    const buffers = this.#buffers.get(path) ?? new Map<Escaping, LineBuffer>()
    this.#buffers.set(path, buffers)
    const buffer = buffers.get(escaping) ?? new LineBuffer(file, escaping)
    buffers.set(escaping, buffer)
    return buffer
  }

  /** Closes all other files: no program that is left writes to them. */
  keep(paths: ReadonlySet<string>): void {
    for (const [path, file] of this.#files) {
      if (paths.has(path)) continue
      for (const buffer of this.#buffers.get(path)?.values() ?? []) buffer.flush()
      this.#buffers.delete(path)
      this.#files.delete(path)
      void file.end()
    }
  }

  /** Goes on in new files, after the present ones were moved. */
  reopen(): void {
    this.#flush()
    for (const file of this.#files.values()) file.reopen()
  }

  /** Resolves when all is written that can be. */
  async finish(): Promise<void> {
    this.#flush()
    await Promise.all([...this.#files.values()].map((file) => file.finish()))
  }

  #flush(): void {
    for (const buffers of this.#buffers.values()) {
      for (const buffer of buffers.values()) buffer.flush()
    }
  }

  #openFile(path: string): LineFile {
    const file = new LineFile(path, {
      dropped: this.#dropped,
      changed: (problem) => {
        if (problem === '') logger.warn(`[access log] ${path} is written again`)
        else logger.error(`[access log] ${path} cannot be written, lines are dropped: ${problem}`)
      },
      reopened: (problem) => {
        if (problem === '') logger.warn(`[access log] ${path} is open again`)
        else {
          const what = `[access log] ${path} cannot be opened again: ${problem}`
          logger.error(`${what}; lines go to the file before until it can`)
        }
      },
    })
    this.#files.set(path, file)
    return file
  }
}
