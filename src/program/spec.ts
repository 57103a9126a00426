import type { CompiledProgram } from './script/compiled-module.ts'

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
}

/** One listener; a program's listeners are known by their index in `listen`. */
export interface ListenSpec extends Address {
  /** Other processes may listen on the same port. */
  isShared?: boolean
}

export interface EndpointSpec extends Address {
  /** Share of new requests or connections relative to the other endpoints; at least 1. */
  weight: number
}

export type Balance = 'round-robin' | 'least-connections' | 'random'

export interface UpstreamSpec {
  endpoints: EndpointSpec[]
  balance: Balance
}

export interface TimeoutSpec {
  /** Limit for establishing one upstream connection. */
  connectMs: number
  /** Limit from a request sent to the head of its response. */
  responseMs: number
  /** Limit for a connection on which nothing moves. */
  idleMs: number
}

/** A load balancer of one upstream group, from command-line flags. */
export interface LoadBalancerSpec {
  kind: 'lb'
  listen: ListenSpec[]
  upstream: UpstreamSpec
  /** Passes bytes without looking at them; otherwise HTTP/1 requests are balanced one by one. */
  tcp: boolean
  timeouts: TimeoutSpec
}

/** A script with the modules that it uses, compiled and verified by a job. */
export interface ScriptSpec {
  kind: 'script'
  /** What the script's `listen` calls ask for, in their order. */
  listen: ListenSpec[]
  program: CompiledProgram
}
