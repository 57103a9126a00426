import { readFileSync, writeFileSync } from 'node:fs'
import { BenchError } from '../bench-error.ts'
import { projectPath } from '../project.ts'
import { formatMarkdown } from './markdown-table.ts'
import { readSavedResults } from './saved-results.ts'

/** Lines of README.md between which the table stands. */
export const TABLE_START = '<!-- bench:start (written by npm run bench -- table) -->'
/** See {@link TABLE_START}. */
export const TABLE_END = '<!-- bench:end -->'

/** Puts `table` between the markers of a text; undefined when the markers are not there. */
export function replaceTable(text: string, table: string): string | undefined {
  const start = text.indexOf(TABLE_START)
  const end = text.indexOf(TABLE_END)
  if (start < 0 || end < start) return undefined
  return `${text.slice(0, start + TABLE_START.length)}\n${table}${text.slice(end)}`
}

/** Writes the committed results into README.md; with `isCheck` only says whether they are there. */
export function updateReadme(isCheck: boolean): string {
  const results = readSavedResults()
  if (results === undefined) throw new BenchError('no bench/results/latest.json: run npm run bench')
  const path = projectPath('README.md')
  const before = readFileSync(path, 'utf8')
  const after = replaceTable(before, formatMarkdown(results))
  if (after === undefined) {
    throw new BenchError(`README.md lacks the lines ${TABLE_START} and ${TABLE_END}`)
  }
  if (after === before) return 'README.md has the figures of bench/results/latest.json'
  if (isCheck) throw new BenchError('README.md is behind the results: run npm run bench -- table')
  writeFileSync(path, after)
  return 'README.md updated from bench/results/latest.json'
}
