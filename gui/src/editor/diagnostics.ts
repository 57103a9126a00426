import type { Diagnostic } from '@codemirror/lint'
import type { Text } from '@codemirror/state'
import type { Problem } from '../../../src/admin/gui/contract.ts'

/** Problems as the editor underlines them: to their end, or that of the word or line. */
export function diagnosticsOf(text: Text, problems: readonly Problem[]): Diagnostic[] {
  return problems.map((problem) => {
    const { severity, message, line, column } = problem
    const from = positionOf(text, line, column)
    const to =
      problem.endLine === undefined || problem.endColumn === undefined
        ? endOfWord(text, from)
        : positionOf(text, problem.endLine, problem.endColumn)
    return { severity, message, ...(to > from ? { from, to } : characterBefore(text, from)) }
  })
}

/** Where a line and column are in the text as it is now, or the nearest place to it. */
export function positionOf(text: Text, line: number, column: number): number {
  const found = text.line(Math.min(Math.max(line, 1), text.lines))
  return Math.min(found.to, found.from + Math.max(column - 1, 0))
}

/** What ends too early is noticed where there is nothing to underline. */
function characterBefore(text: Text, at: number): { from: number; to: number } {
  const before = text.sliceString(0, at).trimEnd().length
  return { from: Math.max(before - 1, 0), to: before }
}

function endOfWord(text: Text, from: number): number {
  const line = text.lineAt(from)
  const rest = line.text.slice(from - line.from)
  const word = /^[\w$]+/.exec(rest)?.[0] ?? rest
  return Math.min(line.to, from + Math.max(word.length, 1))
}
