import { readFileSync, writeFileSync } from 'node:fs'
import { BenchError } from '../load/bench-error.ts'
import { median } from '../load/measure/statistics.ts'
import { projectPath } from '../load/project.ts'
import type { GuiResults, Ratio } from './results.ts'

const DOCUMENT = 'docs/gui.md'
const START = '<!-- gui-bench:start (written by npm run bench -- gui --save) -->'
const END = '<!-- gui-bench:end -->'

/** Writes results as the Markdown tables of docs/gui.md. */
export function guiTables({ machine, measuredAt, rounds, costs, pages }: GuiResults): string {
  const costRows = costs.map(({ program, view, micros, watching, all, verdict }) => {
    const { off, unwatched, watched } = micros
    const figures = [off, unwatched, watched].map((one) => one.toFixed(1)).join(' | ')
    const more = `${percent(watching)} | ${verdict} | ${percent(all)}`
    return `| ${program} | ${view} | ${figures} | ${more} |`
  })
  const pageRows = pages.map(({ view, loadMs, loadVerdict, smoothness }) => {
    const { framesPerSecond, longestGapMs } = smoothness
    const figures = [median(loadMs), framesPerSecond, longestGapMs].map((one) => one.toFixed(0))
    return `| ${view} | ${figures[0]} ms | ${loadVerdict} | ${figures[1]} | ${figures[2]} ms |`
  })
  const date = measuredAt.slice(0, 10)
  return `
CPU time of the worker per request, in microseconds, at 64 connections: without a web UI, with one that nobody
looks at, and with the page open. The bar is that looking takes 3 % more. In brackets is what the median lies
between with a confidence of 95 %.

| program | page | no UI | UI | page open | looking takes | | than no UI |
|---|---|---:|---:|---:|---|---|---|
${costRows.join('\n')}

From the address to the first table or graph, where the bar is 1 s; and frames while wrk runs:

| page | there after | | frames per second | longest gap |
|---|---:|---|---:|---:|
${pageRows.join('\n')}

${date}, ${rounds} rounds, ${machine.processor}, ${machine.processors} processors, of which browser, wrk and
upstream share one; medians, of ${costs[0]?.watching.pairs.length ?? 0} seconds each.

`
}

function percent({ median, low, high }: Ratio): string {
  const [middle, from, to] = [median, low, high].map((one) => ((one - 1) * 100).toFixed(1))
  return `${middle} % (${from} … ${to})`
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
