import type { JSX } from 'preact'
import type { EdgeRates, PipelineRates } from '../../../src/admin/gui/contract.ts'
import { callRates } from '../state/flow-rates.ts'
import type { Wire } from './layout.ts'
import { liveness, RateLabel } from './rate-label.tsx'

export interface WireLineProps {
  readonly wire: Wire
  /** Of the pipeline where it leads to. */
  readonly rates: PipelineRates | undefined
}

/** The line from a filter to a pipeline that it starts; dashed where nothing comes back. */
export function WireLine({ wire, rates }: WireLineProps): JSX.Element {
  const { edge, from, label } = wire
  const flowing: EdgeRates | undefined = callRates(rates, from.id)
  return (
    <g data-wire={`${from.id} ${edge.to}`}>
      <path
        class={`wire ${edge.kind} ${liveness(flowing)}`}
        d={wire.path}
        marker-end="url(#arrow)"
      />
      {flowing !== undefined && (
        <RateLabel class={`wire-rate ${label.anchor}`} rates={flowing} x={label.x} y={label.y} />
      )}
    </g>
  )
}
