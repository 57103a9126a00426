import type { JSX } from 'preact'
import type { GuiStats } from '../../../src/admin/gui/contract.ts'
import { bytes, duration, milliseconds, percent, perSecond, short } from '../ui/format.ts'
import { sumOf } from './views.ts'

/** The numbers of the last second. */
export function Tiles({ stats }: { stats: GuiStats }): JSX.Element {
  const { total, workers, process } = stats
  const wrong = total.failed + total.codes['5xx']
  const tiles: { name: string; value: string; isBad?: boolean }[] = [
    { name: 'Requests', value: perSecond(total.requests) },
    { name: 'Failed and 5xx', value: perSecond(wrong), isBad: wrong > 0 },
    { name: 'p99', value: total.latency.count === 0 ? '–' : milliseconds(total.latency.p99) },
    { name: 'Read', value: `${bytes(sumOf(workers, (one) => one.bytesRead))}/s` },
    { name: 'Written', value: `${bytes(sumOf(workers, (one) => one.bytesWritten))}/s` },
    { name: 'Connections', value: short(sumOf(workers, (one) => one.connections)) },
    { name: 'CPU', value: percent(process.cpu) },
    { name: 'Memory', value: bytes(process.residentBytes) },
    { name: 'Up', value: duration(process.uptimeSeconds) },
  ]
  return (
    <dl class="tiles">
      {tiles.map(({ name, value, isBad = false }) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd class={isBad ? 'bad' : undefined}>{value}</dd>
        </div>
      ))}
    </dl>
  )
}
