/** Something wrong, or odd, with a file that a program is made of. */
export interface LoadProblem {
  readonly severity: 'error' | 'warning'
  /** What is wrong, in one line, without the place. */
  readonly message: string
  /** Absolute path. */
  readonly file: string
  /** From 1; 0, both, where no place is known. */
  readonly line: number
  readonly column: number
  /** The line's text, where that says more than its place. */
  readonly sourceLine?: string
}
