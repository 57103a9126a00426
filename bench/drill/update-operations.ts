import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { BenchError } from '../load/bench-error.ts'
import { projectPath } from '../load/project.ts'
import type { DrillResults } from './results.ts'
import { drillTable } from './table.ts'

const START = '<!-- drill:start (written by npm run drill -- table) -->'
const END = '<!-- drill:end -->'

/** Writes the committed results into docs/operations.md; with `isCheck` only says whether they are there. */
export function updateOperations(isCheck: boolean): string {
  const saved = projectPath('bench/results/drill.json')
  if (!existsSync(saved)) throw new BenchError('no bench/results/drill.json: run npm run drill')
  const results = JSON.parse(readFileSync(saved, 'utf8')) as DrillResults
  const path = projectPath('docs/operations.md')
  const before = readFileSync(path, 'utf8')
  const start = before.indexOf(START)
  const end = before.indexOf(END)
  if (start < 0 || end < start) throw new BenchError(`docs/operations.md lacks ${START} and ${END}`)
  const after = `${before.slice(0, start + START.length)}\n\n${drillTable(results)}\n${before.slice(end)}`
  if (after === before) return 'docs/operations.md has the figures of bench/results/drill.json'
  if (isCheck) throw new BenchError('docs/operations.md is behind: run npm run drill -- table')
  writeFileSync(path, after)
  return 'docs/operations.md updated from bench/results/drill.json'
}
