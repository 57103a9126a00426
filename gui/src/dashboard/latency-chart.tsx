import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import type uPlot from 'uplot'
import { history } from '../state/stats.ts'
import { milliseconds, timeOfDay } from '../ui/format.ts'
import { bottomAxis, seriesColor, valueAxis } from './axes.ts'
import { atQuantile, distributionOf } from './distribution.ts'
import { Plot } from './plot.tsx'
import { bucketsOf } from './subjects.ts'

const SHOWN = [0.5, 0.9, 0.99, 0.999]
/** 1 / (1 - part): half, 90 %, 99 % and so on are as far from each other. */
const TICKS = [2, 10, 100, 1000, 10_000, 100_000]
const NAMES = ['50 %', '90 %', '99 %', '99.9 %', '99.99 %', '99.999 %']

/** How latencies of the last minutes are distributed: the slow ones have most of the room. */
export function LatencyChart({ subject }: { subject: string }): JSX.Element {
  const stats = history.value
  const known = useMemo(
    () => stats.filter((one) => bucketsOf(one, subject) !== undefined),
    [stats, subject],
  )
  const distribution = useMemo(
    () => distributionOf(known.map((one) => bucketsOf(one, subject) ?? [])),
    [known, subject],
  )
  const data = useMemo((): uPlot.AlignedData => {
    const first = distribution[0]
    if (first === undefined) return [[], []]
    const points = [{ part: 0, milliseconds: first.milliseconds }, ...distribution]
    return [points.map((one) => 1 / (1 - one.part)), points.map((one) => one.milliseconds)]
  }, [distribution])
  const options = useMemo(
    (): Omit<uPlot.Options, 'width' | 'height'> => ({
      legend: { show: false },
      cursor: { drag: { x: false, y: false } },
      scales: {
        x: {
          time: false,
          distr: 3,
          log: 10,
          range: (_, _min, max) => [1, Math.max(max * 1.2, 100)],
        },
        y: { range: (_, _min, max) => [0, max > 0 ? max * 1.1 : 1] },
      },
      axes: [
        bottomAxis({
          splits: (_self, _axis, _min, max) => TICKS.filter((one) => one <= max),
          filter: (_, splits) => splits,
          values: (_, values) => values.map((one) => NAMES[TICKS.indexOf(one)] ?? ''),
        }),
        valueAxis(milliseconds),
      ],
      series: [{}, { stroke: seriesColor(0), width: 1.5, points: { show: false } }],
    }),
    [],
  )
  const [first] = known
  return (
    <figure class="chart">
      <figcaption>
        <h2>Latency distribution</h2>
        {SHOWN.map((part) => {
          const value = atQuantile(distribution, part)
          return (
            <span key={part} class="key">
              p{String(part * 100).replace('.', '')}{' '}
              <b>{value === undefined ? '–' : milliseconds(value)}</b>
            </span>
          )
        })}
        {first !== undefined && first !== stats[0] && (
          <span class="key" title="Nobody has asked for it before">
            since {timeOfDay(first.time)}
          </span>
        )}
      </figcaption>
      <Plot options={options} data={data} label="Latency by share of requests" />
    </figure>
  )
}
