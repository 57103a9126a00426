import type { AccessLogSpec } from '../engine/request-observer.ts'
import type { ForwardingOptions } from '../filters/http/forwarding.ts'
import { readListenerPolicy } from '../net/listener-options.ts'
import { formatAddress } from '../program/format-address.ts'
import { parseAddress, parseTargetAddress } from '../program/parse-address.ts'
import type {
  EndpointSpec,
  LbListenSpec,
  LoadBalancerSpec,
  ServiceSpec,
  TracingSpec,
  UpstreamSpec,
  UpstreamTlsSpec,
} from '../program/spec.ts'
import { DEFAULTS } from './defaults.ts'
import { milliseconds } from './duration.ts'
import { normaliseGates } from './normalise-gates.ts'
import { normalisePolicies } from './normalise-policies.ts'
import { normaliseRoute, type RouteInput, type RoutePlace } from './normalise-route.ts'
import type { ConfigInput } from './schema/config.ts'
import { withoutUndefined } from './without-undefined.ts'

type ListenerInput = ConfigInput['listeners'][number]
type UpstreamInput = NonNullable<ConfigInput['upstreams']>[string]
type EndpointInput = Extract<UpstreamInput['endpoints'][number], object>

/**
 * Makes a program of a config that has been checked, or that was made of flags. References become
 * indices and times numbers; nothing is optional any more that has a default. `pems` are the texts
 * of the files that it names; paths are relative to `folder`.
 */
export function normalise(
  config: ConfigInput,
  pems: Record<string, string> = {},
  folder: string = process.cwd(),
): LoadBalancerSpec {
  const { upstreams = {} } = config
  const names = Object.keys(upstreams)
  const indexOf = (name: string): number => names.indexOf(name)
  return {
    kind: 'lb',
    listen: withOwnNames(
      config.listeners.map((one) =>
        normaliseListener(one, config.routes ?? [], { indexOf, folder }),
      ),
    ),
    upstreams: Object.entries(upstreams).map(normaliseUpstream),
    ...(Object.keys(pems).length > 0 && { pems }),
    forwarding: normaliseForwarding(config.forwarding, config.tracing !== undefined),
    idleMs: milliseconds(config.idleTimeout ?? DEFAULTS.idleTimeout),
    ...(config.accessLog !== undefined && { accessLog: normaliseAccessLog(config.accessLog) }),
    ...(config.tracing !== undefined && { tracing: normaliseTracing(config.tracing) }),
  }
}

function normaliseAccessLog(log: NonNullable<ConfigInput['accessLog']>): AccessLogSpec {
  return {
    path: log.path,
    format: log.format ?? DEFAULTS.accessLogFormat,
    sample: log.sample ?? DEFAULTS.accessLogSample,
    classes: (log.status ?? []).map((range) => Number(range[0])),
  }
}

function normaliseTracing(tracing: NonNullable<ConfigInput['tracing']>): TracingSpec {
  const url = new URL(tracing.otlp)
  // As in OpenTelemetry's own settings, a collector is enough.
  if (url.pathname === '/') url.pathname = '/v1/traces'
  return {
    url: url.href,
    sample: tracing.sample ?? DEFAULTS.traceSample,
    service: tracing.service ?? DEFAULTS.traceService,
    headers: tracing.headers ?? {},
  }
}

/** Several listeners may ask for any free port of the same address: they get numbers. */
function withOwnNames(listen: readonly LbListenSpec[]): LbListenSpec[] {
  return listen.map((one, index) => {
    const earlier = listen.slice(0, index).filter(({ name }) => name === one.name).length
    return earlier === 0 ? one : { ...one, name: `${one.name}#${earlier + 1}` }
  })
}

/** Traces go on beyond us, whatever becomes of our part. */
function normaliseForwarding(
  given: ConfigInput['forwarding'],
  isTraced: boolean,
): ForwardingOptions {
  const mode = given?.xForwarded ?? DEFAULTS.xForwarded
  return {
    xForwarded: mode !== 'off',
    received: mode === 'off' ? 'add' : mode,
    forwarded: given?.forwarded ?? false,
    requestId: given?.requestId ?? false,
    traceparent: isTraced || (given?.traceparent ?? false),
  }
}

function normaliseListener(
  listener: ListenerInput,
  sharedRoutes: readonly RouteInput[],
  place: Pick<RoutePlace, 'indexOf' | 'folder'>,
): LbListenSpec {
  const address = parseAddress(String(listener.address), '0.0.0.0')
  const name = listener.name ?? formatAddress(address)
  const { upstream, routes = sharedRoutes } = listener
  // Limits of shared routes are shared, too.
  const owner = routes === sharedRoutes ? 'shared' : `listener ${name}`
  const service: ServiceSpec =
    listener.protocol === 'tcp'
      ? { protocol: 'tcp', upstream: place.indexOf(upstream ?? '') }
      : {
          protocol: 'http',
          routes: (upstream === undefined ? routes : [{ upstream }]).map((route, index) =>
            normaliseRoute(route, { ...place, index, owner, compress: listener.compress }),
          ),
        }
  const { tls } = listener
  return {
    ...{ ...address, name, service, ...(tls && { tls }) },
    ...normaliseGates(listener, `listener ${name}`),
    ...readListenerPolicy(listener),
  }
}

function normaliseUpstream([name, upstream]: [string, UpstreamInput]): UpstreamSpec {
  const { connect, response = DEFAULTS.responseTimeout, progress, idle } = upstream.timeouts ?? {}
  return {
    name,
    endpoints: upstream.endpoints.map(normaliseEndpoint),
    balance: upstream.balance ?? DEFAULTS.balance,
    timeouts: {
      connectMs: milliseconds(connect ?? DEFAULTS.connectTimeout),
      responseMs: milliseconds(response),
      progressMs: milliseconds(progress ?? response),
      idleMs: milliseconds(idle ?? DEFAULTS.idleTimeout),
    },
    ...normalisePolicies(upstream),
    ...(upstream.tls && { tls: normaliseTls(upstream.tls) }),
  }
}

function normaliseTls(tls: NonNullable<UpstreamInput['tls']>): UpstreamTlsSpec {
  return withoutUndefined({ ...tls, verify: tls.verify ?? DEFAULTS.verify })
}

function normaliseEndpoint(endpoint: UpstreamInput['endpoints'][number]): EndpointSpec {
  const given: EndpointInput = typeof endpoint === 'object' ? endpoint : { address: endpoint }
  return {
    ...parseTargetAddress(String(given.address)),
    weight: given.weight ?? DEFAULTS.weight,
    ...(given.priority !== undefined && { priority: given.priority }),
    ...(given.zone !== undefined && { zone: given.zone }),
    ...(given.maxConnections !== undefined && { maxConnections: given.maxConnections }),
  }
}
