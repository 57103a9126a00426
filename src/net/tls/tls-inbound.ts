import { Data } from '../../engine/data.ts'
import { DATA, type Event, SESSION_END, SessionEnd } from '../../engine/event.ts'
import type { Sink, Source } from '../../engine/filter.ts'
import type { Layout } from '../../engine/layout.ts'
import type { Session } from '../../engine/session.ts'
import { counterIndex } from '../../native/counters.ts'
import {
  PHASE_FIRST,
  TIMEOUT_BODY,
  TIMEOUT_DEADLINE,
  TIMEOUT_FIRST_BYTE,
  TIMEOUT_HEAD,
  TIMEOUT_IDLE,
  TIMEOUT_WRITE,
} from '../../native/protocol.ts'
import type { Sockets } from '../../native/sockets.ts'
import {
  type Downstream,
  DRAIN_GRACE_MS,
  type InboundOwner,
  type RequestTracker,
  type Trackable,
} from '../inbound.ts'
import { Peer } from '../peer.ts'
import { Socket } from '../socket.ts'
import { nodeTls } from './node-tls.ts'
import type { TlsServer } from './options.ts'
import { type TlsCarrier, type TlsOwner, TlsStream } from './tls-stream.ts'

const HANDSHAKE_TIMEOUTS = counterIndex('handshakeTimeouts')
const KEEP_ALIVE_TIMEOUTS = counterIndex('keepAliveTimeouts')
const IDLE_TIMEOUTS = counterIndex('idleTimeouts')

/**
 * An accepted connection of a TLS listener: what `Inbound` is for a plain one. The session begins
 * when the handshake is complete, so that scripts never see clients that speak no TLS.
 *
 *     Handshake -> Open | Gone       the handshake is complete | bad, or too slow
 *     Open      -> Closing | Gone    the session has put out SessionEnd | the connection is broken
 *     Closing   -> Gone              all output is sent
 */
export class TlsInbound implements Downstream, Sink, Source, Trackable, TlsCarrier, TlsOwner {
  readonly #socket: Socket
  readonly #owner: InboundOwner
  readonly #sockets: Sockets
  readonly #layout: Layout
  readonly #tls: TlsStream
  #session: Session | null = null
  #tracker: RequestTracker | null = null
  #state: 'handshake' | 'open' | 'closing' | 'gone' = 'handshake'
  #hasInputEnded = false
  #hasOutputEnded = false
  /** The session is held up. */
  #isFull = false
  #pauses = 0
  /** The worker is about to stop, and waits for idle clients no longer than it must. */
  #isHurried = false

  constructor(
    owner: InboundOwner,
    sockets: Sockets,
    layout: Layout,
    connection: number,
    { context, alpn }: TlsServer,
  ) {
    this.#socket = new Socket(sockets.reactor, connection)
    this.#owner = owner
    this.#sockets = sockets
    this.#layout = layout
    this.#socket.timeout(owner.timeouts.handshakeMs, TIMEOUT_DEADLINE)
    this.#tls = new TlsStream('server', this, this, (transport) => {
      const { TLSSocket } = nodeTls()
      return new TLSSocket(transport, {
        isServer: true,
        secureContext: context,
        ...(alpn.length > 0 && { ALPNProtocols: alpn }),
      })
    })
  }

  get owner(): InboundOwner {
    return this.#owner
  }

  get session(): Session | null {
    return this.#session
  }

  get connection(): number {
    return this.#socket.id
  }

  get isSecure(): boolean {
    return true
  }

  track(tracker: RequestTracker): boolean {
    if (this.#tracker !== null) return false
    this.#tracker = tracker
    this.enterPhase(PHASE_FIRST)
    this.#armIdle()
    return true
  }

  enterPhase(phase: number): void {
    this.#socket.enterPhase(phase)
  }

  // What the session does.

  process(event: Event): void {
    if (this.#state !== 'open') return
    if (event.kind === DATA) {
      if (this.#tls.write((event as Data).own().toBytes()) || this.#isFull) return
      this.#isFull = true
      this.#session?.pauseOutput()
    } else if (event.kind === SESSION_END) this.#endOutput(event as SessionEnd)
  }

  pause(): void {
    this.#pauses++
    if (this.#pauses === 1) this.#tls.pause()
  }

  resume(): void {
    this.#pauses--
    if (this.#pauses === 0) this.#tls.resume()
  }

  // What TLS tells.

  secured(): void {
    this.#state = 'open'
    const { runtime } = this.#layout
    const info = this.#owner.needsPeers ? new Peer(this.#socket, this.#owner.index) : null
    this.#session = this.#layout.spawn(runtime.createContext(info), this, this)
    this.#armIdle()
  }

  receiveDecrypted(bytes: Buffer): void {
    this.#session?.process(Data.fromBytes(bytes))
  }

  receiveDecryptedEnd(): void {
    this.#hasInputEnded = true
    if (this.#hasOutputEnded) this.#close()
    else this.#session?.process(new SessionEnd('', true))
  }

  failed(reason: string): void {
    if (this.#state === 'handshake') {
      const { address } = this.#socket.reactor.peerAddress(this.#socket.id) ?? { address: '' }
      this.#layout.runtime.log.debug(`[tls] no handshake with ${address}: ${reason}`)
      // Not a reset: an alert may be on its way that tells the client.
      this.#finish(false)
    } else this.onError()
  }

  drained(): void {
    if (!this.#isFull) return
    this.#isFull = false
    this.#session?.resumeOutput()
  }

  settle(): void {
    this.#sockets.settle()
  }

  // What TLS wants of the connection.

  sendEncrypted(bytes: Buffer): void {
    this.#socket.send(Data.fromBytes(bytes))
  }

  endEncrypted(): void {
    if (this.#state === 'closing') this.#finish(false)
    else this.#socket.end()
  }

  pauseEncrypted(): void {
    this.#socket.pause()
  }

  resumeEncrypted(): void {
    this.#socket.resume()
  }

  // What the connection tells.

  onData(offset: number, size: number): void {
    const { bytes } = this.#socket.reactor
    this.#tls.receiveEncrypted(Buffer.from(bytes.subarray(offset, offset + size)))
  }

  onEnd(): void {
    this.#tls.receiveEncryptedEnd()
  }

  onError(): void {
    if (!this.#hasInputEnded) {
      this.#hasInputEnded = true
      this.#session?.process(new SessionEnd('ReadError'))
    }
    this.#finish(true)
  }

  onCongested(): void {
    this.#tls.setCongested(true)
  }

  onDrained(): void {
    this.#tls.setCongested(false)
  }

  onTimeout(kind: number): void {
    switch (kind) {
      case TIMEOUT_DEADLINE:
        this.#count(HANDSHAKE_TIMEOUTS)
        this.failed('the handshake takes too long')
        break
      case TIMEOUT_HEAD:
      case TIMEOUT_BODY:
        this.#tracker?.receiveTimeout()
        break
      case TIMEOUT_FIRST_BYTE:
        this.#finish(false)
        break
      case TIMEOUT_WRITE:
        this.#finish(true)
        break
      case TIMEOUT_IDLE:
        this.#idled()
        break
    }
  }

  // There is no framer on the socket, and the connection was accepted.

  onConnect(): void {}
  receiveHead(): void {}
  receiveBody(): void {}
  receiveEnd(): void {}
  receiveBad(): void {}

  drain(isPatient: boolean): void {
    if (this.#state !== 'handshake') {
      if (this.#tracker === null) return
      this.#tracker.drain()
      if (isPatient) return
      this.#isHurried = true
      this.#armIdle()
    } else if (!isPatient) this.#finish(false)
  }

  destroy(): void {
    this.#finish(true)
  }

  #armIdle(): void {
    const { keepAliveMs, idleMs } = this.#owner.timeouts
    const usual = this.#tracker === null ? idleMs : keepAliveMs
    this.#socket.timeout(this.#isHurried ? DRAIN_GRACE_MS : usual, TIMEOUT_IDLE)
  }

  #idled(): void {
    // While the session is full or answers are due, others have their own deadlines.
    const isAwaited = this.#tracker?.isBusy() === true || this.#pauses > 0 || this.#isFull
    if (this.#state === 'open' && isAwaited) return this.#armIdle()
    this.#count(this.#tracker === null ? IDLE_TIMEOUTS : KEEP_ALIVE_TIMEOUTS)
    this.#finish(false)
  }

  #count(counter: number): void {
    ;(this.#socket.reactor.counters[counter] as number)++
  }

  #endOutput(end: SessionEnd): void {
    if (end.error !== '') this.#finish(true)
    else if (end.isHalf && !this.#hasInputEnded) {
      this.#hasOutputEnded = true
      this.#tls.end()
    } else this.#close()
  }

  /** Sends what is left, then closes. */
  #close(): void {
    if (this.#state !== 'open') return
    if (this.#hasOutputEnded) return this.#finish(false)
    this.#state = 'closing'
    this.#free()
    this.#tls.end()
  }

  #finish(isAbort: boolean): void {
    if (this.#state === 'gone') return
    this.#state = 'gone'
    this.#tls.destroy()
    const connection = this.#socket.id
    if (isAbort) this.#socket.abort()
    else this.#socket.close()
    this.#free()
    this.#owner.release(connection)
  }

  #free(): void {
    const session = this.#session
    if (session === null) return
    this.#session = null
    session.free()
    session.context.inbound?.ended()
  }
}
