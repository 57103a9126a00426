import { Balancer } from './balancer.ts'
import type { EjectionPolicy } from './ejector.ts'
import type { EndpointTable } from './endpoint-table.ts'
import { createEndpoint } from './picker.ts'
import { type Balance, PICKERS } from './pickers.ts'

/** An endpoint as a config or script describes it. */
export interface EndpointRecipe {
  readonly address: string
  readonly weight: number
  /** 0 unless given. */
  readonly priority?: number
  readonly zone?: string
  /** Connections of all threads; any number unless given. */
  readonly maxConnections?: number
}

/** The endpoints of an upstream, and how they are chosen; all but the first two may be left out. */
export interface BalancerRecipe {
  readonly endpoints: readonly EndpointRecipe[]
  readonly balance: Balance
  /** Under which other threads know the endpoints. */
  readonly name?: string
  readonly panicShare?: number
  readonly zone?: string
  readonly slowStartMs?: number
  readonly ejection?: EjectionPolicy
  /** Connections of this thread to one endpoint that has a limit. */
  readonly mostConnections?: number
}

/** Makes a balancer for this thread; `table`, if there is one, has a row for each endpoint. */
export function createBalancer(recipe: BalancerRecipe, table?: EndpointTable): Balancer {
  const { endpoints, balance, name = '', panicShare = 0, zone = '' } = recipe
  const { ejection = null, slowStartMs = 0, mostConnections } = recipe
  return new Balancer(
    endpoints.map(({ address, weight }) => createEndpoint(address, weight)),
    PICKERS[balance](),
    {
      upstream: name,
      places: endpoints.map(({ priority = 0, zone: place = '' }) => ({ priority, zone: place })),
      rules: { panicShare, zone },
      ejection,
      slowStartMs,
      maxConnections: endpoints.map(({ maxConnections = 0 }) => maxConnections),
      ...(mostConnections !== undefined && { mostConnections }),
      ...(table !== undefined && { table }),
    },
  )
}
