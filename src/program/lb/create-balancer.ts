import { Balancer } from '../../balancer/balancer.ts'
import type { EndpointTable } from '../../balancer/endpoint-table.ts'
import { createEndpoint } from '../../balancer/picker.ts'
import { PICKERS } from '../../balancer/pickers.ts'
import { formatAddress } from '../format-address.ts'
import type { UpstreamSpec } from '../spec.ts'

/** Makes the balancer of an upstream on this worker; `table` has a row for each of its endpoints. */
export function createBalancer(spec: UpstreamSpec, table: EndpointTable | undefined): Balancer {
  const { name, balance, panicShare = 0, zone = '', ejection = null, slowStartMs = 0 } = spec
  const endpoints = spec.endpoints.map((one) => createEndpoint(formatAddress(one), one.weight))
  return new Balancer(endpoints, PICKERS[balance](), {
    upstream: name,
    places: spec.endpoints.map(({ priority = 0, zone: place = '' }) => ({ priority, zone: place })),
    rules: { panicShare, zone },
    ejection,
    slowStartMs,
    ...(table !== undefined && { table }),
  })
}
