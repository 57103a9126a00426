import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import type uPlot from 'uplot'
import { history, WINDOW_SECONDS } from '../state/stats.ts'
import { timeOfDay } from '../ui/format.ts'
import { bottomAxis, seriesColor, valueAxis } from './axes.ts'
import { Plot } from './plot.tsx'
import type { ChartSpec } from './views.ts'

/** Longer without a value, and the line has a gap. */
const GAP_SECONDS = 3

/** Some numbers over the last minutes. */
export function TimeChart({ spec }: { spec: ChartSpec }): JSX.Element {
  const { title, format, lines } = spec
  const names = lines.map((one) => one.name).join('\n')
  // The spec is a new one each second; the plot is made anew only when it shows something else.
  const options = useMemo(() => optionsOf(spec), [title, names])
  const stats = history.value
  const data = useMemo((): uPlot.AlignedData => {
    const times = stats.map((one) => one.time / 1000)
    return [times, ...lines.map((line) => stats.map((one) => line.read(one) ?? null))]
  }, [stats, title, names])
  const latest = stats.at(-1)
  return (
    <figure class="chart">
      <figcaption>
        <h2>{title}</h2>
        {lines.map((line, index) => {
          const value = latest && line.read(latest)
          return (
            <span key={line.name} class="key">
              <i style={{ background: `var(--series-${(index % 6) + 1})` }} />
              {line.name} <b>{value === undefined ? '–' : format(value)}</b>
            </span>
          )
        })}
      </figcaption>
      <Plot options={options} data={data} label={`${title} over the last minutes`} />
    </figure>
  )
}

function optionsOf({ format, lines }: ChartSpec): PlotOptions {
  return {
    legend: { show: false },
    cursor: { sync: { key: 'dashboard' }, drag: { x: false, y: false } },
    scales: {
      x: { time: true, range: (_, min, max) => [Math.min(min, max - WINDOW_SECONDS / 5), max] },
      y: { range: (_, _min, max) => [0, max > 0 ? max * 1.1 : 1] },
    },
    axes: [
      bottomAxis({
        values: (_, seconds) => seconds.map((one) => timeOfDay(one * 1000)),
        space: 80,
      }),
      valueAxis(format),
    ],
    series: [
      {},
      ...lines.map(
        ({ name }, index): uPlot.Series => ({
          label: name,
          stroke: seriesColor(index),
          width: 1.5,
          points: { show: false },
          gaps: (self, _series, from, to) => timeGaps(self, from, to),
        }),
      ),
    ],
  }
}

type PlotOptions = Omit<uPlot.Options, 'width' | 'height'>

/** Where the page did not listen, in pixels of the canvas. */
function timeGaps(self: uPlot, from: number, to: number): [number, number][] {
  const times = self.data[0]
  const gaps: [number, number][] = []
  for (let index = from + 1; index <= to; index += 1) {
    const [before = 0, now = 0] = [times[index - 1], times[index]]
    if (now - before <= GAP_SECONDS) continue
    gaps.push([
      Math.round(self.valToPos(before, 'x', true)),
      Math.round(self.valToPos(now, 'x', true)),
    ])
  }
  return gaps
}
