import { relative } from 'node:path'
import type { LoadProblem } from '../program/load-problem.ts'
import { drawCaret } from '../program/script/source-text.ts'

/**
 * Writes problems as compilers do, so that terminals and editors can follow: files are named as seen
 * from `folder`, an absolute path.
 */
export function problemLines(problems: readonly LoadProblem[], folder: string): string[] {
  return problems.flatMap(({ file, line, column, message, sourceLine }) => {
    const name = relative(folder, file)
    if (line === 0) return [`${name}: ${message}`]
    const drawn = sourceLine === undefined ? [] : drawCaret(sourceLine, { line, column })
    return [`${name}:${line}:${column}: ${message}`, ...drawn]
  })
}
