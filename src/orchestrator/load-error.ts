import { StartError } from './start-error.ts'

/** A script that cannot be loaded. */
export class LoadError extends StartError {
  /** Log lines that tell what is wrong with it; none when the message says it all. */
  readonly lines: readonly string[]
  /** Absolute paths of the modules that were looked at. */
  readonly files: readonly string[]

  constructor(message: string, lines: readonly string[], files: readonly string[]) {
    super(message)
    this.lines = lines
    this.files = files
  }
}
