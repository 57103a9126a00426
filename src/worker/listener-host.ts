import type { Layout } from '../engine/layout.ts'
import { responseText } from '../filters/http/head-text.ts'
import { counterIndex } from '../native/counters.ts'
import type { SocketHandler } from '../native/sockets.ts'
import { ConnectionLimiter, type Excess } from '../net/connection-limiter.ts'
import { Inbound, type InboundOwner } from '../net/inbound.ts'
import {
  type ListenerLimits,
  type ListenerPolicy,
  type ListenerTimeouts,
  limitsOf,
  timeoutsOf,
} from '../net/listener-policy.ts'
import { nativePolicy } from '../net/native-policy.ts'
import { Socket } from '../net/socket.ts'
import type { TlsServer } from '../net/tls/options.ts'
import { TlsInbound } from '../net/tls/tls-inbound.ts'

const EXCESS_COUNTERS = {
  connections: counterIndex('connectionsLimit'),
  address: counterIndex('addressLimit'),
} as const

/** Answers an HTTP client that is one too many. */
const REFUSAL: string = responseText({ status: 503 }, null, {
  contentLength: 0,
  isChunked: false,
  connection: 'close',
})

/** What a listener needs of the program that it belongs to. */
export interface ListenerProgram {
  readonly needsPeers: boolean
  /** This worker's part of a number that is for all workers. */
  shareOf(total: number): number
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
  readonly #limiter: ConnectionLimiter

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
    const { reactor } = layout.runtime.sockets
    this.#limiter = new ConnectionLimiter(
      this.limits,
      (total) => program.shareOf(total),
      (connection) => reactor.peerAddress(connection)?.address ?? '',
    )
  }

  /** Serves one more of the reactor's listeners, by its id. */
  adopt(id: number): void {
    const { sockets } = this.#layout.runtime
    sockets.reactor.setListenerPolicy(id, this.policy)
    sockets.setAcceptor(id, (connection) => this.#accept(connection))
  }

  release(connection: number): void {
    this.#limiter.release(connection)
    this.#program.closed(connection)
  }

  #accept(connection: number): SocketHandler | undefined {
    const { sockets } = this.#layout.runtime
    const excess = this.#limiter.admit(connection)
    if (excess !== '') return this.#refuse(connection, excess)
    this.#program.opened()
    if (this.#tls !== null) {
      return new TlsInbound(this, sockets, this.#layout, connection, this.#tls)
    }
    return new Inbound(this, sockets, this.#layout, connection)
  }
  #refuse(connection: number, excess: Exclude<Excess, ''>): undefined {
    const { reactor } = this.#layout.runtime.sockets
    ;(reactor.counters[EXCESS_COUNTERS[excess]] as number)++
    const socket = new Socket(reactor, connection)
    // A client of TLS would have to be greeted first, which is what there is no room for.
    const isHttp = this.#layout.stages[0]?.name === 'decodeHttpRequest' && this.#tls === null
    if (isHttp) socket.sendText(REFUSAL)
    socket.close()
  }
}
