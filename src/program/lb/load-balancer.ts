import type { EndpointTable } from '../../balancer/endpoint-table.ts'
import type { RequestObserver } from '../../engine/request-observer.ts'
import type { Runtime } from '../../engine/runtime.ts'
import { beginKnownRequest } from '../../filters/begin-request.ts'
import { countData } from '../../filters/count-data.ts'
import { endKnownRequest } from '../../filters/end-request.ts'
import { CONNECTION_FIELDS } from '../../observability/metrics/connection-fields.ts'
import { type Builder, type Configuration, pipy } from '../configuration.ts'
import type { GateSpec, LoadBalancerSpec, RouteSpec } from '../spec.ts'
import { openGates } from './gates.ts'
import { policiesFor } from './message-policies.ts'
import { addRoute, plainUpstream, toRule, upstreamsOf } from './routes.ts'
import { addBalancing, addConnections, addTcp, createUpstream, type Upstream } from './upstream.ts'

/** That of copies. */
const NO_LISTENER = -1

/** Where bytes are counted. */
export interface Traffic {
  readonly numbers: Float64Array
  /** By listener: the place of its group, -1 for none. */
  readonly listeners: readonly number[]
  /** By upstream: the places of its group and of those of its endpoints. */
  readonly targets: readonly { readonly upstream: number; readonly endpoints: readonly number[] }[]
}

/** What of a spec a pipeline was made for, by numbers: a listener, a route of one, or an upstream. */
export type LbOrigin =
  | { readonly listener: number; readonly route?: number }
  | { readonly upstream: number }

/** What a worker adds to a load balancer; all may be left out. */
export interface LbEnvironment {
  readonly observers?: readonly RequestObserver[]
  /** What threads share of endpoints; without it, the program is alone. */
  readonly table?: EndpointTable | undefined
  /** Gives this worker's part of a number that is for all workers; all of it unless given. */
  readonly shareOf?: (total: number) => number
  /** Where the bytes of connections are counted: the memory, and the places of the listeners. */
  readonly traffic?: Traffic
  /** Is given what each pipeline was made for, in their order. */
  readonly onOrigins?: (origins: readonly LbOrigin[]) => void
  /** Is given the upstreams, to look at what their policies count. */
  readonly onUpstreams?: (upstreams: readonly Upstream[]) => void
}

/**
 * The pipelines of a load balancer, made of the same filters that scripts use. HTTP requests are
 * balanced one by one over pools of kept-alive connections; TCP connections each get one of their
 * own. What is not asked for has no filter: without observers no request has a record, and without
 * conditions nothing looks at its head.
 *
 *     request            [beginRequest] route [endRequest], or straight on to the only upstream
 *     request let in     the same without the ends, behind what refuses requests
 *     mirror <name>      the same for copies, of which no client knows
 *     route <name>       what a route does beyond choosing: changes, copies, answers of its own
 *     balance <name>     mux: chooses an endpoint and a connection to it
 *     upstream <name>    one connection
 */
export function loadBalancer(
  spec: LoadBalancerSpec,
  runtime: Pick<Runtime, 'context'>,
  {
    observers = [],
    table,
    shareOf = (total) => total,
    traffic,
    onUpstreams,
    onOrigins,
  }: LbEnvironment = {},
): Configuration {
  const upstreams = spec.upstreams.map((one, index) => {
    const places = traffic?.targets[index]
    return createUpstream(one, {
      ...{ index, runtime, isOnly: spec.upstreams.length === 1, table, shareOf },
      pems: spec.pems ?? {},
      routes: policiesFor(spec, index),
      ...(traffic !== undefined &&
        places !== undefined && {
          counts: { numbers: traffic.numbers, ...places },
        }),
    })
  })
  onUpstreams?.(upstreams)
  const entries = entriesOf(spec, observers.length > 0)
  const program = pipy()
  const origins: LbOrigin[] = []
  /** Says what the pipelines that were added last are for. */
  const addOrigin = (origin: LbOrigin): void => {
    while (origins.length < program.pipelines.length) origins.push(origin)
  }
  for (const [index, { host, port, service, tls }] of spec.listen.entries()) {
    const pem = (file: string): string => spec.pems?.[file] ?? ''
    program.listen(port, {
      host,
      ...(tls !== undefined && { tls: { cert: pem(tls.cert), key: pem(tls.key) } }),
    })
    if (service.protocol === 'tcp') {
      const at = traffic?.listeners[index] ?? -1
      const { received, sent } = CONNECTION_FIELDS
      if (at >= 0) program.append(countData, [traffic?.numbers, at + received])
      addTcp(program, upstreams[service.upstream] as Upstream)
      if (at >= 0) program.append(countData, [traffic?.numbers, at + sent])
    } else {
      const entry = entries.find(({ listeners }) => listeners.includes(index))
      program
        .decodeHttpRequest()
        .demux(entry?.pipeline ?? '')
        .encodeHttpResponse()
    }
    addOrigin({ listener: index })
  }
  // Every upstream has one place that balances, so that all routes to it share its connections.
  const shared = new Set<Upstream>()
  const used = new Set<Upstream>()
  for (const entry of entries) {
    for (const index of upstreamsOf(entry.routes)) used.add(upstreams[index] as Upstream)
  }
  for (const entry of entries) {
    program.pipeline(entry.pipeline)
    if (observers.length > 0) {
      const { requestId, traceparent } = spec.forwarding
      const ids = [requestId === true, traceparent === true]
      program.append(beginKnownRequest, [entry.listeners[0], observers, ...ids])
    }
    const addEnd = (): void => {
      if (observers.length > 0) program.append(endKnownRequest, [observers])
    }
    const hasGates = openGates(program, entry.pipeline, entry.gates, addEnd)
    const only = upstreams[plainUpstream(entry.routes)]
    if (only !== undefined && entries.length === 1) addBalancing(program, only)
    else {
      addRouting(program, entry, upstreams)
      for (const index of upstreamsOf(entry.routes)) shared.add(upstreams[index] as Upstream)
    }
    if (!hasGates) addEnd()
    addOrigin({ listener: entry.listeners[0] ?? 0 })
  }
  const copyObservers = observers.filter(({ seesCopies }) => seesCopies === true)
  const mirrored = new Set<Upstream>()
  const mirrorOf = (index: number): string => {
    const upstream = upstreams[index] as Upstream
    if (copyObservers.length === 0) return upstream.pipeline
    mirrored.add(upstream)
    return `mirror ${spec.upstreams[index]?.name}`
  }
  for (const entry of entries) {
    for (const [index, route] of entry.routes.entries()) {
      addRoute(program, route, entry.pipelineOf(route), upstreams, mirrorOf)
      addOrigin({ listener: entry.listeners[0] ?? 0, route: index })
    }
  }
  for (const upstream of mirrored) {
    const index = upstreams.indexOf(upstream)
    program.pipeline(mirrorOf(index)).append(beginKnownRequest, [NO_LISTENER, copyObservers])
    program.link(upstream.pipeline).append(endKnownRequest, [copyObservers])
    addOrigin({ upstream: index })
  }
  for (const upstream of shared) {
    addBalancing(program.pipeline(upstream.pipeline), upstream)
    addOrigin({ upstream: upstreams.indexOf(upstream) })
  }
  for (const upstream of used) {
    addConnections(program, upstream, spec.forwarding)
    addOrigin({ upstream: upstreams.indexOf(upstream) })
  }
  onOrigins?.(origins)
  return program
}

/** Where the requests of some listeners begin: of all that have the same routes. */
interface Entry {
  readonly pipeline: string
  readonly listeners: number[]
  readonly routes: readonly RouteSpec[]
  /** What all of its listeners refuse. */
  readonly gates: GateSpec
  /** Name of a route's own pipeline, if it has one. */
  readonly pipelineOf: (route: RouteSpec) => string
}

/** `isSplit` keeps listeners apart, for records that tell them. */
function entriesOf(spec: LoadBalancerSpec, isSplit: boolean): Entry[] {
  const byRoutes = new Map<string, Pick<Entry, 'listeners' | 'routes' | 'gates'>>()
  for (const [index, { service, rateLimits }] of spec.listen.entries()) {
    if (service.protocol !== 'http') continue
    const { routes } = service
    const gates: GateSpec = rateLimits === undefined ? {} : { rateLimits }
    const key = isSplit ? String(index) : JSON.stringify({ routes, gates })
    const known = byRoutes.get(key)
    if (known === undefined) byRoutes.set(key, { listeners: [index], routes, gates })
    else known.listeners.push(index)
  }
  const isOnly = byRoutes.size === 1
  return [...byRoutes.values()].map(({ listeners, routes, gates }) => {
    const suffix = isOnly ? '' : ` ${spec.listen[listeners[0] ?? 0]?.name}`
    const pipelineOf = (route: RouteSpec): string => `route${suffix} ${route.name}`
    return { pipeline: `request${suffix}`, listeners, routes, gates, pipelineOf }
  })
}

function addRouting(
  program: Builder,
  { routes, pipelineOf }: Entry,
  upstreams: readonly Upstream[],
): void {
  const only = upstreams[plainUpstream(routes)]
  if (only !== undefined) program.link(only.pipeline)
  else program.route(routes.map((one) => toRule(one, pipelineOf(one), upstreams)))
}
