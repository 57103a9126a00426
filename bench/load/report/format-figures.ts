import type { FigureName, Figures } from '../measure/measurement.ts'

interface FigureFormat {
  /** Heading in tables. */
  readonly title: string
  readonly unit: string
  readonly digits: number
}

/** How each figure is written. */
export const FIGURE_FORMATS: Readonly<Record<FigureName, FigureFormat>> = {
  cpuMicros: { title: 'CPU per request', unit: 'µs', digits: 1 },
  userMicros: { title: 'user', unit: 'µs', digits: 1 },
  systemMicros: { title: 'system', unit: 'µs', digits: 1 },
  requestsPerSecond: { title: 'requests/s', unit: '/s', digits: 0 },
  p50Micros: { title: 'p50', unit: 'µs', digits: 0 },
  p90Micros: { title: 'p90', unit: 'µs', digits: 0 },
  p99Micros: { title: 'p99', unit: 'µs', digits: 0 },
  p999Micros: { title: 'p99.9', unit: 'µs', digits: 0 },
  maxMicros: { title: 'max', unit: 'µs', digits: 0 },
  sendDelayP99Micros: { title: 'generator late p99', unit: 'µs', digits: 0 },
  rssMb: { title: 'RSS', unit: 'MB', digits: 1 },
  kbPerConnection: { title: 'per connection', unit: 'KB', digits: 2 },
  startMs: { title: 'start', unit: 'ms', digits: 0 },
}

/** Writes a number with thousands separators and the figure's digits. */
export function formatValue(figure: FigureName, value: number | undefined): string {
  if (value === undefined) return '–'
  const digits = FIGURE_FORMATS[figure].digits
  return value.toLocaleString('en-US', {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  })
}

/** Writes a number with its unit. */
export function formatFigure(figure: FigureName, value: number | undefined): string {
  return value === undefined ? '–' : `${formatValue(figure, value)} ${FIGURE_FORMATS[figure].unit}`
}

/** Writes the figures of one measurement in one line, the compared one first. */
export function formatFigures(main: FigureName, figures: Figures): string {
  const parts = [`${formatFigure(main, figures[main])} ${FIGURE_FORMATS[main].title}`]
  const { cpuMicros, userMicros, systemMicros } = figures
  if (cpuMicros !== undefined) {
    const split = [formatValue('userMicros', userMicros), formatValue('systemMicros', systemMicros)]
    parts.push(`(${split[0]} user + ${split[1]} system)`)
  }
  for (const name of [
    'requestsPerSecond',
    'p50Micros',
    'p90Micros',
    'p99Micros',
    'p999Micros',
    'rssMb',
  ] as const) {
    if (name === main || figures[name] === undefined) continue
    parts.push(
      name === 'requestsPerSecond'
        ? formatFigure(name, figures[name])
        : `${FIGURE_FORMATS[name].title} ${formatFigure(name, figures[name])}`,
    )
  }
  return parts.join('  ')
}
