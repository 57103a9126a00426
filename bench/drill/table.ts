import type { DrillResults, StepResult } from './results.ts'
import { STEPS } from './steps.ts'

/** Writes the results as the Markdown table of docs/operations.md. */
export function drillTable({ subjects }: DrillResults): string {
  const rows = STEPS.flatMap(({ name, title }) =>
    subjects.map(({ label, steps, undone = [] }) => {
      const step = steps.find((one) => one.name === name)
      const reason = undone.find((one) => one.name === name)?.reason
      const note = reason === undefined ? '–' : `not done: ${reason}`
      const cells = step === undefined ? ['–', '–', '–', '–', '–', note] : cellsOf(step)
      return `| ${[title, label, ...cells].join(' | ')} |`
    }),
  )
  return `| step | | sent | failed | reset | wrk: sockets | p99 before / during / after, ms | |
|---|---|---:|---:|---:|---:|---:|---|
${rows.join('\n')}
`
}

function cellsOf(step: StepResult): string[] {
  const { before, during, after } = step.p99
  const notes = []
  if (step.leftAfterMs !== undefined)
    notes.push(`left after ${(step.leftAfterMs / 1000).toFixed(1)} s`)
  if (step.isMet !== undefined) notes.push(step.isMet ? 'met' : 'missed')
  const counts = [step.sent, step.failed, step.reset, step.wrkSocketErrors].map(String)
  return [...counts, `${before} / ${during} / ${after}`, notes.join(', ')]
}
