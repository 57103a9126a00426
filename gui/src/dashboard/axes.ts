import type uPlot from 'uplot'
import { color } from './plot.tsx'

const FONT = '11px system-ui, sans-serif'
/** Enough for `12.5 MB/s`. */
const LEFT_PIXELS = 64
const BOTTOM_PIXELS = 24
const SERIES_COLORS = 6

/** What all axes have in common; colours are read whenever something is drawn. */
function axis(extra: uPlot.Axis): uPlot.Axis {
  return {
    stroke: () => color('--dim'),
    font: FONT,
    grid: { stroke: () => color('--line'), width: 0.5 },
    ticks: { show: false },
    ...extra,
  }
}

export function bottomAxis(extra: uPlot.Axis): uPlot.Axis {
  return axis({ size: BOTTOM_PIXELS, gap: 2, ...extra })
}

export function valueAxis(format: (value: number) => string): uPlot.Axis {
  return axis({ size: LEFT_PIXELS, values: (_, values) => values.map(format) })
}

/** The colour of a series by its number, as a function for a plot. */
export function seriesColor(index: number): () => string {
  return () => color(`--series-${(index % SERIES_COLORS) + 1}`)
}
