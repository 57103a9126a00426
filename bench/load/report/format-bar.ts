import type { Bar } from '../bars.ts'
import { FIGURE_FORMATS, formatFigure } from './format-figures.ts'
import type { BarResult } from './results.ts'

/** Writes a bar as a sentence: `CPU per request ≤ 0.90 × nginx`. */
export function formatBar(bar: Bar): string {
  const { figure, limit, against } = bar
  if (figure === 'errors') return `errors ≤ ${limit}`
  const { title } = FIGURE_FORMATS[figure]
  return against === undefined
    ? `${title} ≤ ${formatFigure(figure, limit)}`
    : `${title} ≤ ${limit.toFixed(2)} × ${against}`
}

/** Writes where Sluice stands against a bar: `0.74 × nginx: pass`. */
export function formatBarResult({ bar, value, verdict }: BarResult): string {
  if (value === null) return `${formatBar(bar)}: ${verdict}`
  return `${formatBar(bar)}: ${formatBarValue(bar, value)}, ${verdict}`
}

/** Writes a bar's value in the unit of its limit. */
export function formatBarValue({ figure, against }: Bar, value: number): string {
  if (figure === 'errors') return String(value)
  return against === undefined ? formatFigure(figure, value) : value.toFixed(2)
}
