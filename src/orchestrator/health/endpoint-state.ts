import type { AdminState, EndpointTable, Health } from '../../balancer/endpoint-table.ts'

/** What is known of an endpoint, for status pages, metrics and the admin API. */
export interface EndpointState {
  readonly upstream: string
  readonly address: string
  readonly health: Health
  readonly state: AdminState
  /** The operator's weight, or that of the config. */
  readonly weight: number
  readonly isEjected: boolean
  /** How often it has been ejected since the process began. */
  readonly ejections: number
  /** Connections that it may have, and those that it has, if they are limited. */
  readonly maxConnections?: number
  readonly connections?: number
}

/** What an operator may change about an endpoint, until the process ends. */
export interface EndpointChange {
  readonly state?: AdminState
  /** From 1 to 256, or 0 for that of the config. */
  readonly weight?: number
}

/** What a config says of an endpoint. */
interface ConfiguredEndpoint {
  readonly upstream: string
  readonly address: string
  readonly weight: number
  readonly maxConnections?: number | undefined
}

/** Reads the state of an endpoint. */
export function stateOf(
  table: EndpointTable,
  row: number,
  { upstream, address, weight, maxConnections }: ConfiguredEndpoint,
): EndpointState {
  return {
    upstream,
    address,
    health: table.health(row),
    state: table.adminState(row),
    weight: table.weight(row) || weight,
    isEjected: table.isEjected(row),
    ejections: table.ejections(row),
    ...(maxConnections !== undefined && {
      maxConnections,
      connections: table.connections.count(row),
    }),
  }
}
