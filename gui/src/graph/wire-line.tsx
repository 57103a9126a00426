import type { JSX } from 'preact'
import type { PipelineRates } from '../../../src/admin/gui/contract.ts'
import type { Wire } from './layout.ts'
import { liveness, RateLabel } from './rate-label.tsx'

export interface WireLineProps {
  readonly wire: Wire
  /** Of the pipeline where it leads to. */
  readonly rates: PipelineRates | undefined
}

/** The line from a filter to a pipeline that it starts; dashed where nothing comes back. */
export function WireLine({ wire, rates }: WireLineProps): JSX.Element {
  const flowing = rates?.edges[0]
  return (
    <g>
      <path
        class={`wire ${wire.edge.kind} ${liveness(flowing)}`}
        d={wire.path}
        marker-end="url(#arrow)"
      />
      {wire.isOnly && flowing !== undefined && (
        <RateLabel class="wire-rate" rates={flowing} x={wire.labelX} y={wire.labelY} />
      )}
    </g>
  )
}
