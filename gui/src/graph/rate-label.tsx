import type { JSX } from 'preact'
import type { EdgeRates } from '../../../src/admin/gui/contract.ts'
import { short } from '../ui/format.ts'

export interface RateLabelProps {
  readonly rates: EdgeRates
  readonly x: number
  readonly y: number
  readonly class?: string
}

/** Messages per second on an edge, or events where there are no messages, and errors. */
export function RateLabel({ rates, x, y, class: extra = '' }: RateLabelProps): JSX.Element | null {
  const { messages, events, errors } = rates
  if (events === 0 && errors === 0) return null
  return (
    <text class={`rate ${extra}`} x={x} y={y}>
      {messages > 0 ? `${short(messages)} msg/s` : `${short(events)} ev/s`}
      {errors > 0 && (
        <tspan class="errors" dx="6">
          {short(errors)} err/s
        </tspan>
      )}
    </text>
  )
}

/** How an edge is drawn. */
export function liveness(rates: EdgeRates | undefined): string {
  if (rates === undefined) return ''
  if (rates.errors > 0) return 'is-live has-errors'
  return rates.events > 0 ? 'is-live' : ''
}
