import type { JSX } from 'preact'
import type { WorkerStats } from '../../../src/admin/gui/contract.ts'
import { bytes, milliseconds, percent, perSecond } from '../ui/format.ts'
import { LatencyCells } from './latency-cells.tsx'

/** A worker that is busy for more of its time has hardly room for more. */
const NEARLY_ALL = 0.9

/** Worker threads and what each does. */
export function WorkerTable({ workers }: { workers: readonly WorkerStats[] }): JSX.Element {
  return (
    <table class="table" aria-label="Workers">
      <thead>
        <tr>
          <th>Worker</th>
          <th>State</th>
          <th class="number">CPU</th>
          <th class="number" title="Share of the time in which the event loop had something to do">
            Busy
          </th>
          <th class="number">Requests</th>
          <th class="number">p50</th>
          <th class="number">p99</th>
          <th class="number">Connections</th>
          <th class="number">Accepted</th>
          <th class="number">Read</th>
          <th class="number">Written</th>
          <th class="number">Heap</th>
          <th class="number">Lag</th>
          <th class="number">Deaths</th>
        </tr>
      </thead>
      <tbody>
        {workers.map((one) => (
          <tr key={one.worker}>
            <td>{one.worker}</td>
            <td class={one.state === 'Ready' ? 'good' : 'warn'}>{one.state}</td>
            <td class="number">
              <meter min="0" max="1" value={Math.min(one.cpu, 1)} aria-label="CPU" />{' '}
              {percent(one.cpu)}
            </td>
            <td class={one.utilisation > NEARLY_ALL ? 'number warn' : 'number'}>
              {percent(one.utilisation)}
            </td>
            <td class="number">{perSecond(one.requests)}</td>
            <LatencyCells latency={one.latency} />
            <td class="number">{one.connections}</td>
            <td class="number">{perSecond(one.accepts)}</td>
            <td class="number">{bytes(one.bytesRead)}/s</td>
            <td class="number">{bytes(one.bytesWritten)}/s</td>
            <td class="number">{bytes(one.heapBytes)}</td>
            <td class="number">{milliseconds(one.lagMs)}</td>
            <td class={one.deaths > 0 ? 'number bad' : 'number'} title={one.lastDeath}>
              {one.deaths}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
