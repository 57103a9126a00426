import type { RequestInfo } from './request-info.ts'
import type { Runtime } from './runtime.ts'

/** What scripts see as `__inbound`: the downstream connection that a context belongs to. */
export interface InboundInfo {
  readonly id: number
  /** Index of the listener that accepted it. */
  readonly listener: number
  readonly remoteAddress: string
  readonly remotePort: number
  readonly localAddress: string
  readonly localPort: number
  /** Tells `dependent` when the connection has ended. */
  addDependent(dependent: Dependent): void
  removeDependent(dependent: Dependent): void
  /** The connection has ended. */
  ended(): void
}

/** Something that is of no use without a certain downstream connection. */
export interface Dependent {
  clientEnded(): void
}

/** Somebody who waits for something to happen in a context. */
export interface Waiter {
  wake(): void
}

let lastId = 0

/**
 * One bag of script variables: a connection's, a task run's, or one message's below `demux`.
 * `vars[i]` are the variables of module `i`; programs without modules have none.
 */
export class Context {
  readonly runtime: Runtime
  /** Tells contexts apart in logs; unique on this worker. */
  readonly id: number
  readonly inbound: InboundInfo | null
  readonly vars: readonly object[]
  /** Free for programs that are written in TypeScript and have no script variables. */
  data: unknown
  /** What the route of its request says of how it is sent; `null` if nothing. */
  policy: object | null
  /** The request that the context is for, in programs that keep records of them. */
  request: RequestInfo | null
  /** Filters that `wake` calls; `null` almost always, so that asking costs nothing. */
  waiters: Waiter[] | null

  constructor(runtime: Runtime, inbound: InboundInfo | null, vars: readonly object[]) {
    this.runtime = runtime
    this.id = ++lastId
    this.inbound = inbound
    this.vars = vars
    this.data = undefined
    this.policy = null
    this.request = null
    this.waiters = null
  }

  /** Something has been put out in this context: whoever waits for that looks again. */
  wake(): void {
    // A copy: those who have waited long enough leave the list.
    for (const waiter of this.waiters?.slice() ?? []) waiter.wake()
  }

  addWaiter(waiter: Waiter): void {
    this.waiters ??= []
    this.waiters.push(waiter)
  }

  removeWaiter(waiter: Waiter): void {
    const rest = this.waiters?.filter((one) => one !== waiter) ?? []
    this.waiters = rest.length > 0 ? rest : null
  }

  /** A child that starts with the current values of this one. */
  fork(): Context {
    return new Context(this.runtime, this.inbound, this.runtime.cloneVariables(this.vars))
  }
}
