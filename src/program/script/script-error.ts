import { drawCaret, lineOf, placeOf, type SourcePlace } from './source-text.ts'

/** What went wrong: the text does not parse, a name or module in it is wrong, or a file is missing. */
export type ScriptErrorKind = 'syntax' | 'reference' | 'file'

/** A script that cannot be loaded, with the place to blame; `line` is 0 when there is none. */
export class ScriptError extends Error {
  override readonly name = 'ScriptError'
  readonly kind: ScriptErrorKind
  /** Module path from the program's root, with a leading slash. */
  readonly path: string
  readonly line: number
  readonly column: number
  readonly sourceLine: string

  constructor(
    kind: ScriptErrorKind,
    message: string,
    path: string,
    place: SourcePlace = { line: 0, column: 0 },
    sourceLine = '',
  ) {
    super(message)
    this.kind = kind
    this.path = path
    this.line = place.line
    this.column = place.column
    this.sourceLine = sourceLine
  }

  /** Makes an error that points at a character offset of a module's text. */
  static at(
    kind: ScriptErrorKind,
    message: string,
    path: string,
    text: string,
    offset: number,
  ): ScriptError {
    const place = placeOf(text, offset)
    return new ScriptError(kind, message, path, place, lineOf(text, place.line))
  }
}

/** Renders a load error as log lines: what and where, then the source line with a caret. */
export function formatScriptError(error: ScriptError): string[] {
  const title =
    error.kind === 'syntax' ? 'Syntax error: ' : error.kind === 'reference' ? 'Error: ' : ''
  if (error.line === 0) return [`[pjs] ${title}${error.message}`]
  const [source, caret] = drawCaret(error.sourceLine, error)
  const where = `at line ${error.line} column ${error.column} in ${error.path}`
  return [`[pjs] ${title}${error.message} ${where}`, `[pjs] ${source}`, `[pjs] ${caret}`]
}
