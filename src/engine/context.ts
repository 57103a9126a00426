import type { Runtime } from './runtime.ts'

/** What scripts see as `__inbound`: the downstream connection that a context belongs to. */
export interface InboundInfo {
  readonly id: number
  readonly remoteAddress: string
  readonly remotePort: number
  readonly localAddress: string
  readonly localPort: number
}

/**
 * One bag of script variables: a connection's, a task run's, or one message's below `demux`.
 * `vars[i]` are the variables of module `i`; programs without modules have none.
 */
export class Context {
  readonly runtime: Runtime
  readonly inbound: InboundInfo | null
  readonly vars: readonly object[]
  /** Free for programs that are written in TypeScript and have no script variables. */
  data: unknown

  constructor(runtime: Runtime, inbound: InboundInfo | null, vars: readonly object[]) {
    this.runtime = runtime
    this.inbound = inbound
    this.vars = vars
    this.data = undefined
  }

  /** A child that starts with the current values of this one. */
  fork(): Context {
    return new Context(this.runtime, this.inbound, this.runtime.cloneVariables(this.vars))
  }
}
