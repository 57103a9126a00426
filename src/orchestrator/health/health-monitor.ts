import type { EndpointTable } from '../../balancer/endpoint-table.ts'
import { OutlierDetector } from '../../balancer/outlier-detector.ts'
import { proxyHeader } from '../../net/proxy-protocol/proxy-header.ts'
import { createTlsClient, type TlsConnectOptions } from '../../net/tls/options.ts'
import { logger } from '../../observability/logger.ts'
import { formatAddress } from '../../program/format-address.ts'
import { tlsOptions } from '../../program/lb/tls-options.ts'
import type { Address, EndpointSpec, ProgramSpec } from '../../program/spec.ts'
import type { HealthSpec, UpstreamPolicies } from '../../program/upstream-policies.ts'
import { probeDubbo } from './dubbo-probe.ts'
import { EndpointMonitor } from './endpoint-monitor.ts'
import { type EndpointChange, type EndpointState, stateOf } from './endpoint-state.ts'
import { httpProbe } from './http-probe.ts'
import type { Probe, ProbeTarget } from './probe.ts'
import { probeTcp } from './tcp-probe.ts'

type MonitoredEndpoint = Address & Pick<EndpointSpec, 'weight' | 'maxConnections'>

/** An upstream as far as its endpoints' health goes. */
export interface MonitoredUpstream
  extends Pick<UpstreamPolicies, 'health' | 'ejection' | 'proxyProtocol'> {
  readonly name: string
  readonly endpoints: readonly MonitoredEndpoint[]
  /** How TLS is spoken with the endpoints, if it is. */
  readonly tls?: TlsConnectOptions
}

/**
 * Keeps the table of endpoints for a program: has a row for each, probes those whose upstream wants
 * it, and looks for outliers. One thread does it for all workers.
 */
export class HealthMonitor {
  readonly #table: EndpointTable
  /** Rows that the current program has, by upstream and address. */
  #rows = new Map<string, number>()
  #upstreams: readonly MonitoredUpstream[] = []
  #monitors: EndpointMonitor[] = []
  #detectors: NodeJS.Timeout[] = []

  constructor(table: EndpointTable) {
    this.#table = table
  }

  /** Adds the rows of a program that is about to be built. Throws when there are too many. */
  prepare(upstreams: readonly MonitoredUpstream[]): void {
    for (const { name, endpoints } of upstreams) {
      for (const endpoint of endpoints) this.#table.claim(name, formatAddress(endpoint))
    }
  }

  /** Watches the endpoints of this program instead of those before. */
  watch(upstreams: readonly MonitoredUpstream[]): void {
    this.stop()
    const before = this.#rows
    this.#rows = new Map()
    this.#upstreams = upstreams
    for (const upstream of upstreams) this.#watchUpstream(upstream)
    for (const [key, row] of before) if (!this.#rows.has(key)) this.#table.forget(row)
  }

  /** What is known of all endpoints, in the order of the config. */
  states(): EndpointState[] {
    return this.#upstreams.flatMap(({ name, endpoints }) =>
      endpoints.map((endpoint) => {
        const address = formatAddress(endpoint)
        const row = this.#table.claim(name, address)
        const { weight, maxConnections } = endpoint
        return stateOf(this.#table, row, { upstream: name, address, weight, maxConnections })
      }),
    )
  }

  /** Does what an operator wishes; returns whether there is such an endpoint. */
  change(upstream: string, address: string, { state, weight }: EndpointChange): boolean {
    const row = this.#rows.get(`${upstream} ${address}`)
    if (row === undefined) return false
    if (state !== undefined) this.#table.setAdminState(row, state)
    if (weight !== undefined) this.#table.setWeight(row, weight)
    return true
  }

  stop(): void {
    for (const monitor of this.#monitors.splice(0)) monitor.stop()
    for (const timer of this.#detectors.splice(0)) clearInterval(timer)
  }

  #watchUpstream(upstream: MonitoredUpstream): void {
    const { name, endpoints, health, ejection, proxyProtocol } = upstream
    // A probe speaks for nobody.
    const greeting = proxyProtocol === undefined ? '' : proxyHeader(proxyProtocol, null)
    const rows = endpoints.map((endpoint) => {
      const address = formatAddress(endpoint)
      const row = this.#table.claim(name, address)
      this.#rows.set(`${name} ${address}`, row)
      return row
    })
    const tls =
      health === undefined || upstream.tls === undefined ? null : createTlsClient(upstream.tls)
    for (const [i, address] of endpoints.entries()) {
      const row = rows[i] as number
      if (health === undefined) this.#table.setHealth(row, 'unknown')
      else this.#probe(name, { ...address, greeting, tls }, row, health)
    }
    if (ejection === undefined) return
    const detector = new OutlierDetector(this.#table, rows, ejection)
    const check = (): void => {
      for (const { row, reason } of detector.check()) {
        const address = endpoints[rows.indexOf(row)] as Address
        logger.info(`[health] ${name}: ${formatAddress(address)} is left out: ${reason}`)
      }
    }
    this.#detectors.push(setInterval(check, ejection.intervalMs).unref())
  }

  #probe(upstream: string, target: ProbeTarget, row: number, spec: HealthSpec): void {
    const monitor = new EndpointMonitor({
      spec,
      probe: probeOf(spec),
      target,
      table: this.#table,
      row,
      onChange: (health, reason) => {
        const why = reason === '' ? '' : `: ${reason}`
        logger.info(`[health] ${upstream}: ${formatAddress(target)} is ${health}${why}`)
      },
    })
    this.#monitors.push(monitor)
    monitor.start()
  }
}

function probeOf({ check }: HealthSpec): Probe {
  switch (check.type) {
    case 'tcp':
      return probeTcp
    case 'http':
      return httpProbe(check)
    case 'dubbo':
      return probeDubbo
  }
}

/** The upstreams of a program; scripts have none that anybody else knows. */
export function upstreamsOf(spec: ProgramSpec): readonly MonitoredUpstream[] {
  if (spec.kind !== 'lb') return []
  const { upstreams, pems = {} } = spec
  return upstreams.map(({ tls, ...rest }) =>
    tls === undefined ? rest : { ...rest, tls: tlsOptions(tls, pems) },
  )
}
