/** A failure that the user can act on: printed as one line, without a stack. */
export class BenchError extends Error {
  override readonly name = 'BenchError'
}
