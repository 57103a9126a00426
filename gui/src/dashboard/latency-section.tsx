import type { JSX } from 'preact'
import { useMemo } from 'preact/hooks'
import type { GuiStats } from '../../../src/admin/gui/contract.ts'
import { ALL, chooseSubject, subject } from '../state/latency-subject.ts'
import { milliseconds } from '../ui/format.ts'
import { LatencyChart } from './latency-chart.tsx'
import { latencyOf, subjectsOf } from './subjects.ts'
import { TimeChart } from './time-chart.tsx'
import { type ChartSpec, whereCounted } from './views.ts'

/** Latencies over time and their distribution: of all requests, or of one worker or upstream. */
export function LatencySection({ latest }: { latest: GuiStats }): JSX.Element {
  const groups = Object.entries(subjectsOf(latest)).filter(([, members]) => members.length > 0)
  const chosen = groups.flatMap(([, members]) => members).find((one) => one.id === subject.value)
  // Another program may have no such upstream; the next one may have it again.
  const shown = chosen?.id ?? ALL
  const name = chosen?.name ?? ''
  const spec = useMemo(() => latencyChart(shown, name), [shown, name])
  return (
    <section class="latencies" aria-label="Latencies">
      <div class="latency-of">
        <label for="latency-of">Latency of</label>
        <select
          id="latency-of"
          value={shown}
          onChange={({ currentTarget }) => chooseSubject(currentTarget.value)}
        >
          <option value={ALL}>all requests</option>
          {groups.map(([group, members]) => (
            <optgroup key={group} label={group}>
              {members.map((one) => (
                <option key={one.id} value={one.id}>
                  {one.name}
                </option>
              ))}
            </optgroup>
          ))}
        </select>
      </div>
      <div class="charts">
        <TimeChart key={shown} spec={spec} />
        <LatencyChart key={`${shown} distribution`} subject={shown} />
      </div>
    </section>
  )
}

function latencyChart(id: string, name: string): ChartSpec {
  const line = (percentile: 'p50' | 'p90' | 'p99'): ChartSpec['lines'][number] => ({
    name: percentile,
    read: (stats) => whereCounted(latencyOf(stats, id), percentile),
  })
  return {
    title: name === '' ? 'Latency' : `Latency of ${name}`,
    format: milliseconds,
    lines: [line('p50'), line('p90'), line('p99')],
  }
}
