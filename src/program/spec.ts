import type { Balance } from '../balancer/pickers.ts'
import type { AccessLogSpec } from '../engine/request-observer.ts'
import type { CompressionOptions } from '../filters/compress/compression-policy.ts'
import type { ForwardingOptions } from '../filters/http/forwarding.ts'
import type { RequestKey } from '../filters/http/request-key.ts'
import type { FileOptions } from '../filters/serve-files.ts'
import type { AccessRules } from '../net/access.ts'
import type { ListenerPolicy } from '../net/listener-policy.ts'
import type { CompiledProgram } from './script/compiled-module.ts'
import type { HedgeSpec, RetrySpec, UpstreamPolicies } from './upstream-policies.ts'

/**
 * What a worker runs, as plain data: the orchestrator makes it from flags, a config or a script,
 * and sends a structured clone to every worker.
 */
export type ProgramSpec = LoadBalancerSpec | ScriptSpec

/** Where to listen or connect: `host` and `port`, or the `path` of a Unix socket. */
export interface Address {
  /** An IP address, or a name; an empty string with `path`. */
  host: string
  /** 0 with `path`; when listening without `path`, 0 lets the kernel choose. */
  port: number
  path?: string
  /** When connecting to a name: that of its addresses which is meant. */
  address?: string
}

/** One listener; a program's listeners are known by their index in `listen`. */
export interface ListenSpec extends Address, ListenerPolicy {
  /** For logs and metrics; a service manager passes sockets by it. */
  name?: string
  /** Other processes may listen on the same port. */
  isShared?: boolean
}

export interface EndpointSpec extends Address {
  /** Share of new requests or connections relative to the other endpoints; at least 1. */
  weight: number
  /** 0, or left out, for endpoints that are used first; higher ones are backups. */
  priority?: number
  /** Where it stands. */
  zone?: string
  /** Connections of all workers; any number unless given. */
  maxConnections?: number
}

/** A group of endpoints that serve the same; others refer to it by its index. */
export interface UpstreamSpec extends UpstreamPolicies {
  name: string
  endpoints: EndpointSpec[]
  balance: Balance
  timeouts: UpstreamTimeouts
  /** Speak TLS with the endpoints. */
  tls?: UpstreamTlsSpec
}

/** TLS with endpoints; the texts are names of files in the program's `pems`. */
export interface UpstreamTlsSpec {
  /** Refuse endpoints whose certificate is not trusted or is for another name. */
  verify: boolean
  /** Authorities to trust instead of the system's. */
  ca?: string
  /** Name to ask for and to verify; the endpoint's host name unless given. */
  serverName?: string
  /** Our own certificate. */
  cert?: string
  key?: string
}

export interface UpstreamTimeouts {
  /** Limit for establishing one connection. */
  connectMs: number
  /** Limit from a request sent to the head of its response. */
  responseMs: number
  /** Limit for a pause within the body of a response. */
  progressMs: number
  /** Limit for a connection on which nothing moves. */
  idleMs: number
}

/** How many requests may pass. */
export interface RateLimitSpec {
  /** Limits of one name are one. */
  name: string
  /** Per second. */
  rate: number
  /** At once; those of a second unless given. */
  burst?: number
  /** What has a limit of its own; all requests together have one unless given. */
  key?: RequestKey
}

/** What a listener or route refuses. */
export interface GateSpec {
  /** Whose requests may pass. */
  access?: AccessRules
  rateLimits?: RateLimitSpec[]
}

/** What becomes of the requests that `match` does not rule out. */
export interface RouteSpec extends GateSpec {
  name: string
  match: MatchSpec
  action: ActionSpec
  /** How its requests are sent, where that differs from what their upstream says. */
  policy?: RoutePolicySpec
  rewrite?: RewriteSpec
  requestHeaders?: HeaderChangesSpec
  responseHeaders?: HeaderChangesSpec
  mirror?: { upstream: number; percent: number }
  /** Responses are compressed for clients that accept it. */
  compress?: CompressionOptions
}

/** What a route says of how its requests are sent; the rest is as the upstream says. */
export interface RoutePolicySpec {
  /** Limits from a request to the head of its response: for each attempt, and for all. */
  responseMs?: number
  totalMs?: number
  retry?: RetrySpec
  hedge?: HedgeSpec
}

/** Conditions of a route; all of those given have to hold. */
export interface MatchSpec {
  /** A name in lower case, or `*.` and a name for all names below it. */
  host?: string
  path?: PathMatchSpec
  method?: string[]
  /** By the names of fields, and of parameters of the query. */
  headers?: Record<string, ValueMatchSpec>
  query?: Record<string, ValueMatchSpec>
}

/** A whole path, the first segments of one, or a regular expression that a path contains. */
export type PathMatchSpec = { exact: string } | { prefix: string } | { regex: string }

/** A condition on a text that may be missing. */
export type ValueMatchSpec =
  | { exact: string }
  | { prefix: string }
  | { regex: string }
  | { present: boolean }

export type ActionSpec =
  | { kind: 'forward'; shares: { upstream: number; weight: number }[] }
  | { kind: 'redirect'; redirect: RedirectSpec }
  | ({ kind: 'files' } & FilesSpec)
  | { kind: 'respond'; status: number; headers: Record<string, string>; body: string }

/** Which files are served, and how; `root` is an absolute path. */
export interface FilesSpec extends FileOptions {
  root: string
}

/** Where a redirect leads; what is not given is as it was asked for. */
export interface RedirectSpec {
  scheme?: 'http' | 'https'
  host?: string
  port?: number
  path?: RewriteSpec
  status: number
}

/** Replaces the first segments of a path, what a regular expression finds, or all of it. */
export type RewriteSpec =
  | { prefix: string; to: string }
  | { regex: string; to: string }
  | { to: string }

export interface HeaderChangesSpec {
  set?: Record<string, string>
  add?: Record<string, string>
  remove?: string[]
}

/** What a listener does with connections: pass their bytes on, or balance their requests. */
export type ServiceSpec =
  | { protocol: 'tcp'; upstream: number }
  | { protocol: 'http'; routes: RouteSpec[] }

/** A listener of a load balancer. */
export interface LbListenSpec extends ListenSpec, GateSpec {
  name: string
  service: ServiceSpec
  /** Speak TLS with clients; the texts are names of files in the program's `pems`. */
  tls?: { cert: string; key: string }
}

/** Where spans of requests go, and of which. */
export interface TracingSpec {
  /** Takes OTLP over HTTP. */
  url: string
  /** Share of the traces that begin here, from 0 to 1. */
  sample: number
  /** Name of the service. */
  service: string
  /** Fields of requests to the URL. */
  headers: Record<string, string>
}

/** A load balancer, from command-line flags or a config. */
export interface LoadBalancerSpec {
  kind: 'lb'
  listen: LbListenSpec[]
  upstreams: UpstreamSpec[]
  /** Texts of certificates and keys by the names of their files. Nobody is shown these. */
  pems?: Record<string, string>
  /** What endpoints are told of the client. */
  forwarding: ForwardingOptions
  /** Limit for a client's connection on which nothing moves. */
  idleMs: number
  accessLog?: AccessLogSpec
  tracing?: TracingSpec
}

/** A script with the modules that it uses, compiled and verified by a job. */
export interface ScriptSpec {
  kind: 'script'
  /** What the script's `listen` calls ask for, in their order. */
  listen: ListenSpec[]
  program: CompiledProgram
  /** What it records of requests; nothing unless given. */
  records?: ScriptRecords
}

/** Which requests a script records with `beginRequest`. */
export interface ScriptRecords {
  /** Of its listeners, which have such requests. */
  listeners: number[]
  /** Where lines for them go, by absolute paths. */
  logs: AccessLogSpec[]
}
