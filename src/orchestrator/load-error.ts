import type { LoadProblem } from '../program/load-problem.ts'
import { StartError } from './start-error.ts'

/** What loading tells of a script or config that is wrong. */
interface BadProgram {
  readonly lines: readonly string[]
  readonly files: readonly string[]
  readonly problems: readonly LoadProblem[]
}

/** A script that cannot be loaded. */
export class LoadError extends StartError {
  /** Log lines that tell what is wrong with it; none when the message says it all. */
  readonly lines: readonly string[]
  /** Absolute paths of the modules that were looked at. */
  readonly files: readonly string[]
  /** The lines once more, with places as numbers. */
  readonly problems: readonly LoadProblem[]

  constructor(message: string, { lines, files, problems }: BadProgram) {
    super(message)
    this.lines = lines
    this.files = files
    this.problems = problems
  }
}
