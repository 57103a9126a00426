import { COUNTERS } from '../native/counters.ts'
import type { WorkerCounts } from '../worker/messages.ts'

interface Row {
  allocated: number
  active: number
}

/**
 * Renders what the workers have, added up, as tables: pipelines, instances of classes, and those
 * counters that have counted anything.
 */
export function renderCounts(counts: readonly WorkerCounts[]): string {
  const pipelines = new Map<string, Row>()
  const instances = new Map<string, number>()
  const total: Row = { allocated: 0, active: 0 }
  for (const worker of counts) {
    for (const { module, pipeline, isStale, allocated, active } of worker.pipelines) {
      const name = `${isStale ? '[STALE] ' : ''}${module === '' ? '' : `${module} `}[${pipeline}]`
      const row = pipelines.get(name) ?? { allocated: 0, active: 0 }
      pipelines.set(name, row)
      for (const sum of [row, total]) {
        sum.allocated += allocated
        sum.active += active
      }
    }
    for (const [name, count] of Object.entries(worker.instances)) {
      instances.set(name, (instances.get(name) ?? 0) + count)
    }
  }
  const rows = [...pipelines].sort(
    ([one], [other]) => Number(isStale(one)) - Number(isStale(other)),
  )
  const sums = COUNTERS.map(({ name }, index) => {
    const sum = counts.reduce((all, { counters }) => all + (counters[index] ?? 0), 0)
    // Times are fractions of seconds.
    return [name, Math.round(sum * 1000) / 1000] as const
  }).filter(([, sum]) => sum > 0)
  return [
    ...renderTable(
      ['PIPELINE', '#ALLOCATED', '#ACTIVE'],
      [...rows, ['TOTAL', total] as const].map(([name, row]) => [name, row.allocated, row.active]),
    ),
    ...renderTable(['CLASS', '#INSTANCES'], [...instances]),
    ...(sums.length === 0 ? [] : renderTable(['COUNTER', '#TOTAL'], sums)),
  ].join('\n')
}

function isStale(name: string): boolean {
  return name.startsWith('[STALE]')
}

/** The first column is left-aligned, the others are numbers. Ends with an empty line. */
function renderTable(
  head: readonly string[],
  rows: readonly (readonly (string | number)[])[],
): string[] {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => String(row[column]).length)),
  )
  const render = (cells: readonly (string | number)[]): string =>
    cells
      .map((cell, column) => {
        const width = widths[column] ?? 0
        return column === 0 ? String(cell).padEnd(width) : String(cell).padStart(width)
      })
      .join('  ')
  const line = '-'.repeat(render(head).length)
  return ['', render(head), line, ...rows.map(render), '']
}
