import type { JSX } from 'preact'
import type { EndpointState, GuiStats } from '../../../src/admin/gui/contract.ts'
import { changeEndpoint } from '../api/program-api.ts'
import { attempt } from '../state/notices.ts'
import { session } from '../state/session.ts'
import { Button } from '../ui/button.tsx'
import { perSecond } from '../ui/format.ts'
import { LatencyCells } from './latency-cells.tsx'
import { WeightField } from './weight-field.tsx'

type Endpoint = GuiStats['endpoints'][number]

/** Endpoints of all upstreams: how they are, and what the operator wants of them. */
export function EndpointTable({ endpoints }: { endpoints: readonly Endpoint[] }): JSX.Element {
  return (
    <table class="table" aria-label="Endpoints">
      <thead>
        <tr>
          <th>Upstream</th>
          <th>Endpoint</th>
          <th>Health</th>
          <th>State</th>
          <th class="number">Weight</th>
          <th class="number">Requests</th>
          <th class="number">Failed</th>
          <th class="number">p50</th>
          <th class="number">p99</th>
          <th />
        </tr>
      </thead>
      <tbody>
        {endpoints.map((one) => (
          <EndpointRow key={`${one.upstream} ${one.address}`} endpoint={one} />
        ))}
      </tbody>
    </table>
  )
}

const HEALTH_LOOKS = { healthy: 'good', unhealthy: 'bad', unknown: 'dim' }

function EndpointRow({ endpoint }: { endpoint: Endpoint }): JSX.Element {
  const { upstream, address, health, state, isEjected, ejections, latency } = endpoint
  const wrong = endpoint.failed + endpoint.codes['5xx']
  return (
    <tr>
      <td>{upstream}</td>
      <td>
        <code>{address}</code>
      </td>
      <td class={HEALTH_LOOKS[health]}>
        {health}
        {isEjected && <b class="warn"> ejected</b>}
        {ejections > 0 && <span class="dim"> {ejections}×</span>}
      </td>
      <td class={state === 'enabled' ? undefined : 'warn'}>{state}</td>
      <td class="number">
        <WeightField
          label={`Weight of ${address}`}
          value={endpoint.weight}
          onChange={(weight) => change(endpoint, { weight })}
        />
      </td>
      <td class="number">{perSecond(endpoint.requests)}</td>
      <td class={wrong > 0 ? 'number bad' : 'number'}>{perSecond(wrong)}</td>
      <LatencyCells latency={latency} />
      <td class="actions">
        <StateButtons endpoint={endpoint} />
      </td>
    </tr>
  )
}

function StateButtons({ endpoint }: { endpoint: Endpoint }): JSX.Element | null {
  if (session.value?.isReadonly === true) return null
  const set = (state: EndpointState['state']) => (): void => change(endpoint, { state })
  return endpoint.state === 'enabled' ? (
    <>
      <Button label="Drain" icon="drain" onClick={set('draining')} />
      <Button label="Disable" onClick={set('disabled')} />
    </>
  ) : (
    <Button label="Enable" icon="play" onClick={set('enabled')} />
  )
}

function change(endpoint: Endpoint, wanted: Parameters<typeof changeEndpoint>[1]): void {
  void attempt(async () => {
    await changeEndpoint(endpoint, wanted)
  })
}
