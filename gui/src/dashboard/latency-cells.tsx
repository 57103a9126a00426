import type { JSX } from 'preact'
import type { LatencyStats } from '../../../src/admin/gui/contract.ts'
import { milliseconds } from '../ui/format.ts'

/** Two cells of a table: what half of the requests took at most, and what 99 % did. */
export function LatencyCells({ latency }: { latency: LatencyStats }): JSX.Element {
  return (
    <>
      {[latency.p50, latency.p99].map((value, index) => (
        <td key={index} class="number">
          {latency.count === 0 ? '–' : milliseconds(value)}
        </td>
      ))}
    </>
  )
}
