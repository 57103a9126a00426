import { readFileSync, writeFileSync } from 'node:fs'
import { BenchError } from '../load/bench-error.ts'
import { median } from '../load/measure/statistics.ts'
import { projectPath } from '../load/project.ts'
import type { GuiResults } from './results.ts'

const DOCUMENT = 'docs/gui.md'
const START = '<!-- gui-bench:start (written by npm run bench -- gui --save) -->'
const END = '<!-- gui-bench:end -->'

/** Writes results as the Markdown tables of docs/gui.md. */
export function guiTables({ machine, measuredAt, rounds, costs, pages }: GuiResults): string {
  const costRows = costs.map((one) => {
    const [off, open] = [one.offMicros, one.openMicros].map((micros) => micros.toFixed(1))
    const [more, low, high] = [one.ratio, one.low, one.high].map(percent)
    return (
      `| ${one.program} | ${one.view} | ${off} | ${open} | ${more} | ${low} to ${high} | ` +
      `${one.verdict} |`
    )
  })
  const pageRows = pages.map(({ view, loadMs, loadVerdict, smoothness }) => {
    const { framesPerSecond, longestGapMs } = smoothness
    const figures = [median(loadMs), framesPerSecond, longestGapMs].map((one) => one.toFixed(0))
    return `| ${view} | ${figures[0]} ms | ${loadVerdict} | ${figures[1]} | ${figures[2]} ms |`
  })
  const date = measuredAt.slice(0, 10)
  return `
CPU time of the worker per request, in microseconds, at 64 connections; the bar is 3 % more:

| program | page | without UI | page open | more | with 95 % confidence | |
|---|---|---:|---:|---:|---|---|
${costRows.join('\n')}

From the address to the first table or graph, where the bar is 1 s; and frames while wrk runs:

| page | there after | | frames per second | longest gap |
|---|---:|---|---:|---:|
${pageRows.join('\n')}

${date}, ${rounds} rounds, ${machine.processor}, ${machine.processors} processors, of which browser, wrk and
upstream share one; medians, of ${costs[0]?.pairRatios.length ?? 0} pairs of seconds each.

`
}

function percent(ratio: number): string {
  return `${((ratio - 1) * 100).toFixed(1)} %`
}

/** Puts the tables into docs/gui.md. */
export function updateGuiPage(results: GuiResults): void {
  const path = projectPath(DOCUMENT)
  const text = readFileSync(path, 'utf8')
  const [start, end] = [text.indexOf(START), text.indexOf(END)]
  if (start < 0 || end < start)
    throw new BenchError(`${DOCUMENT} lacks the lines ${START} and ${END}`)
  const head = text.slice(0, start + START.length)
  writeFileSync(path, `${head}\n${guiTables(results)}${text.slice(end)}`)
}
