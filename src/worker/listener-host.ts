import type { Layout } from '../engine/layout.ts'
import type { SocketHandler } from '../native/sockets.ts'
import { Inbound, type InboundOwner } from '../net/inbound.ts'
import {
  type ListenerLimits,
  type ListenerPolicy,
  type ListenerTimeouts,
  limitsOf,
  timeoutsOf,
} from '../net/listener-policy.ts'
import { nativePolicy } from '../net/native-policy.ts'
import type { TlsServer } from '../net/tls/options.ts'
import { TlsInbound } from '../net/tls/tls-inbound.ts'

/** What a listener needs of the program that it belongs to. */
export interface ListenerProgram {
  readonly needsPeers: boolean
  /** A connection was accepted for it. */
  opened(): void
  /** That connection has ended. */
  closed(connection: number): void
}

/** One `listen` of a program on this worker: makes what handles its connections. */
export class ListenerHost implements InboundOwner {
  readonly limits: ListenerLimits
  readonly timeouts: ListenerTimeouts
  readonly policy: number
  readonly needsPeers: boolean
  readonly #program: ListenerProgram
  readonly #layout: Layout
  readonly #tls: TlsServer | null

  constructor(
    program: ListenerProgram,
    layout: Layout,
    tls: TlsServer | null,
    policy: ListenerPolicy,
  ) {
    this.limits = limitsOf(policy)
    this.timeouts = timeoutsOf(policy)
    this.policy = layout.runtime.sockets.reactor.addPolicy(
      nativePolicy(this.limits, this.timeouts, policy.httpLenientLf === true),
    )
    this.needsPeers = program.needsPeers
    this.#program = program
    this.#layout = layout
    this.#tls = tls
  }

  /** Serves one more of the reactor's listeners, by its id. */
  adopt(id: number): void {
    const { sockets } = this.#layout.runtime
    sockets.reactor.setListenerPolicy(id, this.policy)
    sockets.setAcceptor(id, (connection) => this.#accept(connection))
  }

  release(connection: number): void {
    this.#program.closed(connection)
  }

  #accept(connection: number): SocketHandler {
    const { sockets } = this.#layout.runtime
    this.#program.opened()
    if (this.#tls !== null) {
      return new TlsInbound(this, sockets, this.#layout, connection, this.#tls)
    }
    return new Inbound(this, sockets, this.#layout, connection)
  }
}
