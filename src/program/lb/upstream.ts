import { Affinity } from '../../balancer/affinity.ts'
import type { Balancer } from '../../balancer/balancer.ts'
import { NO_ROOM } from '../../balancer/connection-limits.ts'
import { createBalancer } from '../../balancer/create-balancer.ts'
import type { EndpointTable } from '../../balancer/endpoint-table.ts'
import { threadLoad } from '../../balancer/load-monitor.ts'
import type { Context } from '../../engine/context.ts'
import type { Runtime } from '../../engine/runtime.ts'
import type { ForwardingOptions } from '../../filters/http/forwarding.ts'
import { readerOf } from '../../filters/http/request-key.ts'
import { type Ties, tiesOf } from '../../filters/http/ties.ts'
import { Circuit } from '../../filters/mux/circuit.ts'
import type { HedgeTargets } from '../../filters/mux/hedge-policy.ts'
import { tieRequest } from '../../filters/tie-request.ts'
import { tieResponse } from '../../filters/tie-response.ts'
import type { ProxyVersion } from '../../net/proxy-protocol/proxy-header.ts'
import type { TlsConnectOptions } from '../../net/tls/options.ts'
import type { Builder } from '../configuration.ts'
import { formatAddress } from '../format-address.ts'
import type { RoutePolicySpec, UpstreamSpec } from '../spec.ts'
import { ConnectionMeter, type TargetPlaces } from './connection-meter.ts'
import { type MessagePolicies, messagePolicies } from './message-policies.ts'
import { tlsOptions } from './tls-options.ts'

/** Pooled upstream connections per endpoint and worker that wait for a request. */
const MAX_IDLE_CONNECTIONS = 256
/** Upstream connections per endpoint and worker; requests beyond wait. */
const MAX_CONNECTIONS = 4096
const MAX_WAITING = 4096
/** How long a request waits for a connection to an endpoint with a limit, unless a circuit says so. */
const PENDING_MS = 5000

/** An upstream on one worker, as its pipelines see it. */
export interface Upstream {
  /** The pipeline that balances requests over its endpoints. */
  readonly pipeline: string
  /** The pipeline of one connection to an endpoint. */
  readonly connection: string
  readonly balancer: Balancer
  /** How its requests are sent. */
  readonly policies: MessagePolicies
  /** What is refused. */
  readonly circuit: Circuit | null
  /** To one endpoint, from this worker. */
  readonly maxConnections: number
  /** What ties requests to endpoints. */
  readonly ties: Ties | undefined
  /** Options of `connect` that limit its connections. */
  readonly timeouts: {
    connectTimeout: number
    responseTimeout: number
    progressTimeout: number
    idleTimeout: number
  }
  /** What connections begin with: TLS, and what tells of the client, if the endpoints want them. */
  readonly greeting: { tls?: TlsConnectOptions; proxyProtocol?: ProxyVersion }
  /** Where its connections are counted; undefined if nobody reads that. */
  readonly places: TargetPlaces | undefined
  /** Chooses the address for the request or connection whose context is running. */
  readonly choose: () => string
  /** The address that was chosen. */
  readonly chosen: () => string
}

/** Where an upstream is to be. */
interface UpstreamPlace {
  /** Its number in the program. */
  readonly index: number
  readonly isOnly: boolean
  readonly runtime: Pick<Runtime, 'context'>
  readonly table: EndpointTable | undefined
  /** Texts of certificates and keys by the names of their files. */
  readonly pems: Readonly<Record<string, string>>
  /** What routes say of how their requests are sent to it. */
  readonly routes: readonly RoutePolicySpec[]
  /** Gives this worker's part of a number that is for all workers. */
  readonly shareOf: (total: number) => number
  /** Where its connections are counted, by its endpoints in their order; undefined for nowhere. */
  readonly counts?: { numbers: Float64Array; upstream: number; endpoints: readonly number[] }
}

/** Makes the balancer of an upstream, and what its pipelines need. */
export function createUpstream(
  spec: UpstreamSpec,
  { index, runtime, isOnly, table, pems, routes, shareOf, counts }: UpstreamPlace,
): Upstream {
  const { name, timeouts, hash, sticky } = spec
  const endpoints = spec.endpoints.map((one) => ({ ...one, address: formatAddress(one) }))
  const addresses = endpoints.map(({ address }) => address)
  const maxConnections = shareOf(spec.circuit?.maxConnections ?? 0) || MAX_CONNECTIONS
  const recipe = { ...spec, endpoints, mostConnections: maxConnections }
  const balancer = createBalancer(recipe, table)
  const switched = (context: Context, address: string): void => {
    if (context.data instanceof Affinity) context.data.address = address
    else context.data = address
    const { request } = context
    if (request === null) return
    request.endpoint = addresses.indexOf(address)
    request.target = address
  }
  const targets: HedgeTargets = { choose: (context) => chooseBeside(context, balancer), switched }
  const policies = messagePolicies(spec, routes, targets, shareOf)
  return {
    pipeline: `balance ${name}`,
    connection: isOnly ? 'upstream' : `upstream ${name}`,
    balancer,
    policies,
    circuit: circuitOf(spec, balancer, shareOf),
    maxConnections,
    ties: tiesOf(hash === undefined ? undefined : readerOf(hash), sticky, addresses),
    greeting: {
      ...(spec.tls !== undefined && { tls: tlsOptions(spec.tls, pems) }),
      ...(spec.proxyProtocol !== undefined && { proxyProtocol: spec.proxyProtocol }),
    },
    timeouts: {
      connectTimeout: timeouts.connectMs / 1000,
      responseTimeout: policies.responseMs / 1000,
      progressTimeout: timeouts.progressMs / 1000,
      idleTimeout: timeouts.idleMs / 1000,
    },
    places: counts && {
      ...counts,
      endpoints: new Map(addresses.map((address, i) => [address, counts.endpoints[i] ?? -1])),
    },
    // The context remembers the choice: the connection may be made later, from a queue.
    choose: () => {
      const { context } = runtime
      if (context === null) return balancer.select()
      const address = chooseIn(context, balancer)
      const { request } = context
      if (request !== null) request.upstream = index
      if (request !== null && address !== NO_ROOM) {
        request.endpoint = addresses.indexOf(address)
        request.target = address
        request.attempts++
      }
      return address
    },
    chosen: () => addressIn(runtime.context?.data),
  }
}

/** Appends what sends each request to an endpoint over a pool of connections. */
export function addBalancing(program: Builder, upstream: Upstream): void {
  const { balancer, timeouts, policies, ties } = upstream
  if (ties !== undefined) program.append(tieRequest, [ties.read])
  program.mux(upstream.connection, upstream.choose, {
    pipelining: 1,
    maxSessions: upstream.maxConnections,
    maxQueue: MAX_WAITING,
    maxIdle: MAX_IDLE_CONNECTIONS,
    idleTimeout: timeouts.idleTimeout,
    retries: balancer.endpoints.length + policies.attempts,
    messages: policies.common,
    ...(policies.policyOf !== undefined && { policyOf: policies.policyOf }),
    ...(upstream.circuit !== null && { circuit: upstream.circuit }),
    ...(balancer.limits !== null && { limits: balancer.limits }),
    observer: balancer,
  })
  if (ties?.cookieOf !== undefined) program.append(tieResponse, [ties.cookieOf])
}

/** Adds the pipeline of one HTTP connection to an endpoint. */
export function addConnections(
  program: Builder,
  upstream: Upstream,
  forwarding: ForwardingOptions,
): void {
  program
    .pipeline(upstream.connection)
    .encodeHttpRequest(null, forwarding)
    .connect(upstream.chosen, {
      ...{ ...upstream.timeouts, ...upstream.greeting },
      ...(upstream.places && { observer: new ConnectionMeter(upstream.places, null) }),
    })
    .decodeHttpResponse()
}

/** Appends what gives each connection one of its own to an endpoint. */
export function addTcp(program: Builder, upstream: Upstream): void {
  const { balancer, circuit, timeouts, greeting, choose } = upstream
  const retryCount = balancer.endpoints.length
  const { limits } = balancer
  const { places } = upstream
  program.connect(choose, {
    ...{ ...timeouts, ...greeting, eager: true, retryCount },
    ...(places === undefined
      ? { observer: balancer }
      : { observer: new ConnectionMeter(places, balancer), isMetered: true }),
    ...(limits !== null && circuit !== null && { places: { limits, circuit } }),
  })
}

/** Chooses an endpoint, another one than before if this is not the first attempt. */
function chooseIn(context: Context, balancer: Balancer): string {
  const before = context.data
  if (before instanceof Affinity) return balancer.selectTied(before)
  const address = typeof before === 'string' ? balancer.selectOther(before) : balancer.select()
  if (address !== NO_ROOM) context.data = address
  return address
}

/** Chooses another endpoint for a second attempt; undefined if there is no other. */
function chooseBeside(context: Context, balancer: Balancer): string | undefined {
  const before = addressIn(context.data)
  const address = chooseIn(context, balancer)
  if (address === before || address === NO_ROOM) return undefined
  if (context.request !== null) context.request.attempts++
  return address
}

function addressIn(data: unknown): string {
  return data instanceof Affinity ? data.address : String(data)
}

type ShareOf = UpstreamPlace['shareOf']

/** What limits the requests of an upstream; also how many wait where only endpoints have limits. */
function circuitOf(
  { circuit }: UpstreamSpec,
  { limits: places }: Balancer,
  shareOf: ShareOf,
): Circuit | null {
  if (circuit === undefined && places === null) return null
  const { maxRequests = 0, maxPending = 0, maxDelayMs = 0 } = circuit ?? {}
  const limits = {
    maxRequests: shareOf(maxRequests),
    maxPending: shareOf(maxPending) || (places === null ? 0 : MAX_WAITING),
    pendingMs: circuit?.pendingTimeoutMs ?? PENDING_MS,
    maxDelayMs,
  }
  return new Circuit(limits, maxDelayMs > 0 ? threadLoad() : null)
}
