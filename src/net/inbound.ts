import { Data } from '../engine/data.ts'
import { DATA, type Event, SESSION_END, SessionEnd } from '../engine/event.ts'
import type { Sink, Source } from '../engine/filter.ts'
import type { Layout } from '../engine/layout.ts'
import type { Session } from '../engine/session.ts'
import { counterIndex } from '../native/counters.ts'
import {
  FRAMER_HTTP_REQUEST,
  PHASE_FIRST,
  TIMEOUT_BODY,
  TIMEOUT_FIRST_BYTE,
  TIMEOUT_HEAD,
  TIMEOUT_IDLE,
  TIMEOUT_WRITE,
} from '../native/protocol.ts'
import type { SocketHandler, Sockets } from '../native/sockets.ts'
import type { Framable, FramedReceiver } from './framable.ts'
import type { ListenerLimits, ListenerTimeouts } from './listener-policy.ts'
import { MovingReceiver } from './moving-receiver.ts'
import { Peer } from './peer.ts'
import { Socket } from './socket.ts'

/** What the codec at a listener's end knows about the requests in progress. */
export interface RequestTracker extends FramedReceiver {
  /** Closes behind the next response that can tell the client so, so that no close crosses a request. */
  drain(): void
  /** A message was begun and not completed in time. */
  receiveTimeout(): void
  /**
   * Nothing has moved for long: asks the peer for a sign of life, if the protocol has one. False if
   * it has none, or has asked already and heard nothing.
   */
  probe?(): boolean
}

/** An accepted connection, for the decoder that reads from it. */
export interface Accepted {
  readonly owner: InboundOwner
  /** The reactor's number of the connection, -1 once it is closed. */
  readonly connection: number
  /** The client came by TLS. */
  readonly isSecure: boolean
}

/** Whether a session's source is such a thing. */
export function isAccepted(source: unknown): source is Accepted {
  return source !== null && typeof source === 'object' && 'owner' in source
}

/**
 * A connection whose decoder has no framer on its socket, because TLS or other filters are in
 * between: the decoder tells it what native code finds out by itself elsewhere.
 */
export interface Trackable extends Accepted {
  /** False if there is such a decoder already: one further in reads something else. */
  track(tracker: RequestTracker): boolean
  /** What is due from the client from now on, PHASE_*. */
  enterPhase(phase: number): void
}

/** Whether an accepted connection is such a thing. */
export function isTrackable(accepted: Accepted | null): accepted is Trackable {
  return accepted !== null && 'track' in accepted
}

/** An accepted connection, as the worker sees it. */
export interface Downstream extends SocketHandler {
  /** Who accepted it; not there while nobody knows whose it is. */
  readonly owner?: InboundOwner
  /** Goes on in another program as soon as no request is in progress; false if it cannot. */
  moveTo?(heir: InboundHeir): boolean
  /**
   * The worker is about to stop: close after the next response that can tell the client so. Without one,
   * an idle connection is closed soon, with `isPatient` when its usual time is over.
   */
  drain(isPatient: boolean): void
  /** Closes whatever is in progress. */
  destroy(): void
}

/** Whether a handler is one: there are those of upstream connections, too. */
export function isDownstream(handler: SocketHandler): handler is Downstream {
  return 'drain' in handler
}

/**
 * A client has so long to ask once more when the worker is about to stop: a request that is on its way
 * would cross a close, and be lost.
 */
export const DRAIN_GRACE_MS = 1000

const KEEP_ALIVE_TIMEOUTS = counterIndex('keepAliveTimeouts')
const IDLE_TIMEOUTS = counterIndex('idleTimeouts')

/**
 * An accepted connection: feeds a session with what arrives and sends what the session puts out.
 * It ends when the session puts out `SessionEnd`, or the peer resets, or nothing moves any more.
 */
export class Inbound implements Downstream, Sink, Source, Framable, Trackable {
  readonly socket: Socket
  #owner: InboundOwner
  #session: Session
  /** It has had requests before this session. */
  #hasServed = false
  /** Another worker has begun to serve it, and has died. */
  readonly #isTakenOver: boolean
  /** Who takes what the framer on the socket finds. */
  #receiver: FramedReceiver | null = null
  /** Who knows about the requests in progress; the same, unless there is no framer. */
  #tracker: RequestTracker | null = null
  #isHttp = false
  #hasInputEnded = false
  /** The socket's queue is above its high watermark. */
  #isCongested = false
  #hasOutputEnded = false
  /** The worker is about to stop, and waits for idle clients no longer than it must. */
  #isHurried = false

  constructor(
    owner: InboundOwner,
    sockets: Sockets,
    layout: Layout,
    connection: number,
    isTakenOver: boolean,
  ) {
    this.socket = new Socket(sockets.reactor, connection)
    this.#isTakenOver = isTakenOver
    this.#owner = owner
    this.#session = this.#spawn(layout)
    this.#armIdle()
  }

  get owner(): InboundOwner {
    return this.#owner
  }

  get session(): Session {
    return this.#session
  }

  get connection(): number {
    return this.socket.id
  }

  get isSecure(): boolean {
    return false
  }

  openSocket(): Socket {
    return this.socket
  }

  attachFramer(kind: number, receiver: FramedReceiver): void {
    this.#receiver = receiver
    this.#tracker = receiver as RequestTracker
    // One that has moved keeps its framer, which may have seen a part of a head.
    if (this.#hasServed) return
    this.#isHttp = kind === FRAMER_HTTP_REQUEST
    this.socket.frame(kind)
    // One that was taken over may have asked before, and be idle for as long as others.
    if (this.#isHttp && !this.#isTakenOver) this.socket.enterPhase(PHASE_FIRST)
  }

  track(tracker: RequestTracker): boolean {
    if (this.#tracker !== null) return false
    this.#tracker = tracker
    this.#isHttp = true
    this.enterPhase(PHASE_FIRST)
    this.#armIdle()
    return true
  }

  enterPhase(phase: number): void {
    this.socket.enterPhase(phase)
  }

  process(event: Event): void {
    if (event.kind === DATA) this.socket.send(event as Data)
    else if (event.kind === SESSION_END) this.#endOutput(event as SessionEnd)
  }

  pause(): void {
    this.socket.pause()
  }

  resume(): void {
    this.socket.resume()
  }

  receiveHead(events: Int32Array, at: number): void {
    this.#receiver?.receiveHead(events, at)
  }

  receiveBody(offset: number, size: number): void {
    this.#receiver?.receiveBody(offset, size)
  }

  receiveEnd(offset: number, size: number): void {
    this.#receiver?.receiveEnd(offset, size)
  }

  receiveBad(status: number, reason: number): void {
    this.#receiver?.receiveBad(status, reason)
  }

  onConnect(): void {}

  onData(offset: number, size: number): void {
    if (this.#receiver !== null) this.#receiver.receiveBody(offset, size)
    else this.#session.process(Data.borrow(this.socket.reactor, offset, size))
  }

  onEnd(): void {
    this.#hasInputEnded = true
    this.#session.process(new SessionEnd('', true))
    if (this.#hasOutputEnded) this.#finish(false)
  }

  onError(): void {
    if (!this.#hasInputEnded) {
      this.#hasInputEnded = true
      this.#session.process(new SessionEnd('ReadError'))
    }
    this.#finish(true)
  }

  onCongested(): void {
    this.#isCongested = true
    this.#session.pauseOutput()
  }

  onDrained(): void {
    this.#isCongested = false
    this.#session.resumeOutput()
  }

  onTimeout(kind: number): void {
    switch (kind) {
      case TIMEOUT_HEAD:
      case TIMEOUT_BODY:
        this.#tracker?.receiveTimeout()
        break
      case TIMEOUT_FIRST_BYTE:
        // Nothing was asked, so that there is nothing to answer.
        this.#finish(false)
        break
      case TIMEOUT_WRITE:
        this.#finish(true)
        break
      default:
        this.#idled()
    }
  }

  drain(isPatient: boolean): void {
    const tracker = this.#tracker
    if (tracker === null) return
    tracker.drain()
    if (isPatient) return
    this.#isHurried = true
    this.#armIdle()
  }

  moveTo(heir: InboundHeir): boolean {
    const tracker = this.#tracker
    if (tracker === null || this.#receiver === null) return false
    if (this.#hasInputEnded || this.#hasOutputEnded) return false
    if (!heir.admits(this.socket.id)) return false
    if (!tracker.isBusy()) this.#move(heir)
    else {
      this.#receiver = new MovingReceiver(tracker, () => {
        this.#move(heir)
        return this.#receiver
      })
    }
    return true
  }

  /** Closes whatever is in progress. */
  destroy(): void {
    this.#finish(true)
  }

  /** Ends the session and begins one of another program, whose decoder takes the next request. */
  #move(heir: InboundHeir): void {
    const before = this.#session
    this.#receiver = null
    this.#tracker = null
    const since = this.#owner.leave(this.socket.id)
    this.#owner = heir
    this.#hasServed = true
    this.#session = this.#spawn(heir.take(this.socket.id, since))
    if (this.#isCongested) this.#session.pauseOutput()
    before.free()
  }

  #spawn(layout: Layout): Session {
    const info = this.#owner.needsPeers ? new Peer(this.socket, this.#owner.index) : null
    return layout.spawn(layout.runtime.createContext(info), this, this)
  }

  #armIdle(): void {
    const { keepAliveMs, idleMs } = this.#owner.timeouts
    const usual = this.#isHttp ? keepAliveMs : idleMs
    this.socket.timeout(this.#isHurried ? DRAIN_GRACE_MS : usual, TIMEOUT_IDLE)
  }

  #idled(): void {
    const isBusy = this.#tracker?.isBusy() === true
    if (this.#hasInputEnded && isBusy) {
      // It waits for an answer that nobody gives: those who would have their own time-outs.
      this.#finish(true)
    } else if (isBusy || this.#isCongested || this.socket.isPaused) {
      // Others have their own deadlines; here nothing moves because they are awaited.
      this.#armIdle()
    } else if (this.#tracker?.probe?.() === true) {
      this.#armIdle()
    } else {
      const { counters } = this.socket.reactor
      ;(counters[this.#isHttp ? KEEP_ALIVE_TIMEOUTS : IDLE_TIMEOUTS] as number)++
      this.#finish(false)
    }
  }

  #endOutput(end: SessionEnd): void {
    if (end.error !== '') this.#finish(true)
    else if (end.isHalf && !this.#hasInputEnded) {
      this.#hasOutputEnded = true
      this.socket.end()
    } else this.#finish(false)
  }

  #finish(isAbort: boolean): void {
    const connection = this.socket.id
    if (connection < 0) return
    if (isAbort) this.socket.abort()
    else this.socket.close()
    this.#owner.release(connection)
    this.#session.free()
    this.#session.context.inbound?.ended()
  }
}

/** Who accepted an inbound connection and keeps count. */
export interface InboundOwner {
  /** Which of its program's listeners it is. */
  readonly index: number
  readonly limits: ListenerLimits
  readonly timeouts: ListenerTimeouts
  /** The reactor's number of what of these it looks after. */
  readonly policy: number
  /** Whether anybody may ask who a client is: a script for `__inbound`, or the access log. */
  readonly needsPeers: boolean
  release(connection: number): void
  /** The connection goes on in another program; returns when it was accepted, if that is counted. */
  leave(connection: number): number | undefined
}

/** Who takes over a connection that stands. */
export interface InboundHeir extends InboundOwner {
  /** Whether it would have been accepted. */
  admits(connection: number): boolean
  /** Counts it, as accepted at `since`; returns the recipe of its sessions. */
  take(connection: number, since: number | undefined): Layout
}
