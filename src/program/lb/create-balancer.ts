import { Balancer } from '../../balancer/balancer.ts'
import { BoundedRing } from '../../balancer/bounded-ring.ts'
import type { EndpointTable } from '../../balancer/endpoint-table.ts'
import { LeastConnections } from '../../balancer/least-connections.ts'
import { LeastTime } from '../../balancer/least-time.ts'
import { Maglev } from '../../balancer/maglev.ts'
import { createEndpoint, type Picker } from '../../balancer/picker.ts'
import { PowerOfTwo } from '../../balancer/power-of-two.ts'
import { Random } from '../../balancer/random.ts'
import { RoundRobin } from '../../balancer/round-robin.ts'
import { formatAddress } from '../format-address.ts'
import type { Balance, UpstreamSpec } from '../spec.ts'

const PICKERS: Readonly<Record<Balance, () => Picker>> = {
  'round-robin': () => new RoundRobin(),
  'least-connections': () => new LeastConnections(),
  'least-time': () => new LeastTime(),
  'power-of-two': () => new PowerOfTwo(),
  random: () => new Random(),
  maglev: () => new Maglev(),
  'bounded-ring': () => new BoundedRing(),
}

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
