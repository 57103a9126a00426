/** A place in a script: both numbers count from 1, columns in UTF-16 units as editors show them. */
export interface SourcePlace {
  readonly line: number
  readonly column: number
}

/** Finds the place of a character offset in `text`. */
export function placeOf(text: string, offset: number): SourcePlace {
  let line = 1
  let lineStart = 0
  for (let i = text.indexOf('\n'); i >= 0 && i < offset; i = text.indexOf('\n', i + 1)) {
    line++
    lineStart = i + 1
  }
  return { line, column: offset - lineStart + 1 }
}

/** Returns one line of `text` without its line end; the empty string for a line that is not there. */
export function lineOf(text: string, line: number): string {
  return text.split('\n', line)[line - 1]?.replace(/\r$/, '') ?? ''
}

/**
 * Draws a source line with a caret under one column, as two log lines. Tabs before the column are
 * kept in the caret line, so that it lines up however wide a terminal shows them.
 */
export function drawCaret(sourceLine: string, place: SourcePlace): [string, string] {
  const head = `Line ${place.line}:  `
  const before = sourceLine.slice(0, place.column - 1).replace(/[^\t]/g, ' ')
  return [head + sourceLine, `${' '.repeat(head.length)}${before}^`]
}
