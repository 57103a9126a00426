import type { Layout } from '../engine/layout.ts'
import { responseText } from '../filters/http/head-text.ts'
import { counterIndex } from '../native/counters.ts'
import type { SocketHandler } from '../native/sockets.ts'
import { Access } from '../net/access.ts'
import { ConnectionLimiter, type Excess } from '../net/connection-limiter.ts'
import { type Downstream, Inbound, type InboundHeir } from '../net/inbound.ts'
import {
  type ListenerLimits,
  type ListenerPolicy,
  type ListenerTimeouts,
  limitsOf,
  timeoutsOf,
} from '../net/listener-policy.ts'
import { nativePolicy } from '../net/native-policy.ts'
import { AwaitedHeader, type HeaderOwner } from '../net/proxy-protocol/awaited-header.ts'
import { Socket } from '../net/socket.ts'
import type { TlsServer } from '../net/tls/options.ts'
import { TlsInbound } from '../net/tls/tls-inbound.ts'
import type { ConnectionCounts } from './connection-counts.ts'

const EXCESS_COUNTERS = {
  connections: counterIndex('connectionsLimit'),
  address: counterIndex('addressLimit'),
} as const

const UNTRUSTED_PROXIES = counterIndex('untrustedProxies')
const DENIED = counterIndex('deniedConnections')

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
  /** That connection goes on in another program. */
  left(): void
}

/** One `listen` of a program on this worker: makes what handles its connections. */
export class ListenerHost implements InboundHeir, HeaderOwner {
  readonly index: number
  readonly limits: ListenerLimits
  readonly timeouts: ListenerTimeouts
  readonly policy: number
  readonly needsPeers: boolean
  readonly #program: ListenerProgram
  readonly #layout: Layout
  readonly #tls: TlsServer | null
  /** Whom to believe what a PROXY header tells; `null` where there is none. */
  readonly #proxies: Access | null
  /** Whose connections are accepted; `null` for everybody's. */
  readonly #access: Access | null
  readonly #limiter: ConnectionLimiter
  /** Counts connections, if somebody reads it. */
  readonly #counts: ConnectionCounts | null
  /** The reactor's ids of the sockets that it serves. */
  readonly #ids = new Set<number>()

  constructor(
    program: ListenerProgram,
    index: number,
    layout: Layout,
    tls: TlsServer | null,
    policy: ListenerPolicy,
    counts: ConnectionCounts | null = null,
  ) {
    this.index = index
    this.#counts = counts
    this.limits = limitsOf(policy)
    this.timeouts = timeoutsOf(policy)
    this.policy = layout.runtime.sockets.reactor.addPolicy(
      nativePolicy(this.limits, this.timeouts, policy.httpLenientLf === true),
    )
    this.needsPeers = program.needsPeers
    this.#program = program
    this.#layout = layout
    this.#tls = tls
    const { proxyProtocol } = policy
    this.#proxies = proxyProtocol === undefined ? null : trustedPeers(proxyProtocol.from)
    this.#access = policy.access === undefined ? null : new Access(policy.access)
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
    this.#ids.add(id)
    sockets.reactor.setListenerPolicy(id, this.policy)
    sockets.setAcceptor(id, (connection, isTakenOver) => this.#accept(connection, isTakenOver))
  }

  release(connection: number): void {
    this.#limiter.release(connection)
    this.#counts?.closed(connection)
    this.#program.closed(connection)
  }

  identified(connection: number): Downstream | undefined {
    if (!this.#isAdmitted(connection)) {
      this.release(connection)
      return undefined
    }
    const excess = this.#limiter.identify(connection)
    if (excess !== '') {
      this.release(connection)
      return this.#refuse(connection, excess)
    }
    const inbound = this.#serve(connection, false)
    this.#layout.runtime.sockets.attach(connection, inbound)
    return inbound
  }

  unidentified(connection: number, reason: string): void {
    if (reason !== '') this.#logRefusal(connection, reason)
    this.release(connection)
  }

  /** Whether it has taken over a socket of another listener. */
  succeeds(other: ListenerHost): boolean {
    return [...this.#ids].some((id) => other.#ids.has(id))
  }

  /** Whether a connection can be moved here between two requests. */
  get isPlainHttp(): boolean {
    return this.#layout.stages[0]?.name === 'decodeHttpRequest' && this.#tls === null
  }

  /** A connection of another program's listener goes on here; returns the recipe of its session. */
  take(connection: number, since: number | undefined): Layout {
    this.#limiter.count(connection)
    if (since !== undefined) this.#counts?.entered(connection, since)
    this.#program.opened()
    return this.#layout
  }

  leave(connection: number): number | undefined {
    this.#limiter.release(connection)
    this.#program.left()
    return this.#counts?.left(connection)
  }

  admits(connection: number): boolean {
    const { reactor } = this.#layout.runtime.sockets
    return this.#access === null || this.#access.admits(reactor.clientAddress(connection))
  }

  #accept(connection: number, isTakenOver: boolean): SocketHandler | undefined {
    if (isTakenOver) {
      // It was admitted before, and counted where its worker has died.
      this.#limiter.count(connection)
      this.#opened(connection)
      return this.#serve(connection, true)
    }
    if (this.#proxies !== null) return this.#acceptProxy(connection, this.#proxies)
    if (!this.#isAdmitted(connection)) return undefined
    const excess = this.#limiter.admit(connection)
    if (excess !== '') return this.#refuse(connection, excess)
    this.#opened(connection)
    return this.#serve(connection, false)
  }

  #acceptProxy(connection: number, trusted: Access): SocketHandler | undefined {
    const { reactor } = this.#layout.runtime.sockets
    if (!trusted.admits(reactor.clientAddress(connection))) {
      ;(reactor.counters[UNTRUSTED_PROXIES] as number)++
      this.#logRefusal(connection, 'not one of the trusted peers')
      reactor.abort(connection)
      return undefined
    }
    const excess = this.#limiter.admitUnknown()
    if (excess !== '') return this.#refuse(connection, excess)
    this.#opened(connection)
    return new AwaitedHeader(this, reactor, connection, this.timeouts.handshakeMs)
  }

  #serve(connection: number, isTakenOver: boolean): Downstream {
    const { sockets } = this.#layout.runtime
    return this.#tls === null
      ? new Inbound(this, sockets, this.#layout, connection, isTakenOver)
      : new TlsInbound(this, sockets, this.#layout, connection, this.#tls)
  }

  #logRefusal(connection: number, reason: string): void {
    const { log, sockets } = this.#layout.runtime
    log.debug(`[proxy] refused ${sockets.reactor.clientAddress(connection)}: ${reason}`)
  }

  #opened(connection: number): void {
    this.#program.opened()
    this.#counts?.opened(connection)
  }

  /** Closes a connection that is not to be accepted. */
  #isAdmitted(connection: number): boolean {
    if (this.admits(connection)) return true
    const { reactor } = this.#layout.runtime.sockets
    ;(reactor.counters[DENIED] as number)++
    new Socket(reactor, connection).close()
    return false
  }

  #refuse(connection: number, excess: Exclude<Excess, ''>): undefined {
    const { reactor } = this.#layout.runtime.sockets
    ;(reactor.counters[EXCESS_COUNTERS[excess]] as number)++
    const socket = new Socket(reactor, connection)
    // A client of TLS would have to be greeted first, which is what there is no room for.
    if (this.isPlainHttp) {
      socket.sendText(REFUSAL)
      const client = this.needsPeers ? reactor.peerAddress(connection)?.address : undefined
      this.#layout.runtime.refused?.(this.#layout, 503, client ?? '')
    }
    socket.close()
  }
}

/** Any peer, unless there is a list. */
function trustedPeers(from: readonly string[]): Access {
  return new Access(from.length > 0 ? { allow: [...from] } : {})
}
