import { Data } from '../engine/data.ts'
import { defineFilter } from '../engine/definition.ts'
import { MessageStart, SessionEnd } from '../engine/event.ts'
import type { Filter } from '../engine/filter.ts'
import { isCopySource, type Session } from '../engine/session.ts'
import { counterIndex } from '../native/counters.ts'
import {
  FRAMER_HTTP_REQUEST,
  HEAD_EXPECT_CONTINUE,
  HEAD_UPGRADE,
  PHASE_BODY,
  PHASE_FIRST,
  PHASE_HEAD,
  PHASE_IDLE,
} from '../native/protocol.ts'
import { isFramable } from '../net/framable.ts'
import {
  type Accepted,
  isAccepted,
  isTrackable,
  type RequestTracker,
  type Trackable,
} from '../net/inbound.ts'
import { DEFAULT_LIMITS } from '../net/listener-policy.ts'
import type { Socket } from '../net/socket.ts'
import type { EncodeHttpResponse } from './encode-http-response.ts'
import { FrameDecoder } from './frame-decoder.ts'
import { Exchanges } from './http/exchanges.ts'
import { HttpWireHead } from './http/wire-head.ts'

/** `decodeHttpRequest()`: HTTP/1 requests out of a byte stream. */
export const decodeHttpRequest = defineFilter({
  name: 'decodeHttpRequest',
  description: 'Deframes HTTP request messages',
  parameters: [],
  plan: () => () => new DecodeHttpRequest(),
})

const PIPELINE_LIMIT = counterIndex('pipelineLimit')
/** In place of the number of answered requests: more than there can be. */
const UNCLEAR = 2 ** 32 - 1

/**
 * What the bytes behind a request to upgrade are, which its answer decides.
 *
 *     Http -> Asked -> Tunnel
 *      ^        |
 *      +--------+ another answer than 101
 */
type Protocol = 'http' | 'asked' | 'tunnel'

/**
 * Finds requests. It is the one that knows what was asked on a connection, so the response encoder
 * of the same session (or of one linked to it) works from its list of open exchanges.
 */
export class DecodeHttpRequest extends FrameDecoder implements RequestTracker {
  readonly exchanges: Exchanges = new Exchanges()
  /** The encoder that answers; it registers itself. */
  responder: EncodeHttpResponse | null = null
  /** A request has begun whose end has not come. */
  isOpen = false
  /** The client will send nothing more. */
  hasEnded = false
  /** Status to answer to bytes that are no request, once its turn has come; 0 for none. */
  refusal = 0
  /** Whose requests they are. */
  #accepted: Accepted | null = null
  /** The connection, if it cannot see by itself how far a request has come. */
  #connection: Trackable | null = null
  /** Where the reactor reads how many requests are answered; -1 if nobody can tell it. */
  #answeredAt = -1
  #policy = 0
  #maxPipelined = DEFAULT_LIMITS.maxPipelinedRequests
  /** Reading waits because too many requests are to be answered. */
  #isHeld = false
  /** A head has come since the last piece was fed. */
  #hasHead = false
  #phase = PHASE_IDLE
  #protocol: Protocol = 'http'
  /** Bytes and the end that came before it was known what they are. */
  #early: Data[] | null = null
  #earlyEnd: SessionEnd | null = null

  constructor() {
    super(FRAMER_HTTP_REQUEST)
  }

  override start(): void {
    const { session } = this
    const own = acceptedBy(session)
    const accepted = own ?? copiedFrom(session)
    this.#accepted = accepted
    if (accepted !== null) {
      this.#policy = accepted.owner.policy
      this.#maxPipelined = accepted.owner.limits.maxPipelinedRequests
    }
    const { source } = session
    if (this.previous === session && isFramable(source)) {
      this.isFused = true
      source.attachFramer(FRAMER_HTTP_REQUEST, this)
    } else if (isTrackable(own) && own.track(this)) {
      this.#connection = own
      this.#phase = PHASE_FIRST
    }
    this.#findResponder()
  }

  /** An encoder of a session that this one works for began before: tells it who decodes. */
  #findResponder(): void {
    for (let at = this.session.parent; at !== null; at = at.parent) {
      const encoder = at.filters.find(isResponder)
      if (encoder !== undefined) return encoder.adopt(this)
    }
  }

  override reset(): void {
    super.reset()
    this.exchanges.clear()
    this.responder = null
    this.isOpen = false
    this.hasEnded = false
    this.refusal = 0
    this.#accepted = null
    this.#connection = null
    this.#answeredAt = -1
    this.#policy = 0
    this.#maxPipelined = DEFAULT_LIMITS.maxPipelinedRequests
    this.#isHeld = false
    this.#hasHead = false
    this.#phase = PHASE_IDLE
    this.#protocol = 'http'
    this.#early = null
    this.#earlyEnd = null
  }

  protected override get policy(): number {
    return this.#policy
  }

  protected override get client(): number {
    return this.#accepted?.connection ?? -1
  }

  receiveHead(events: Int32Array, at: number): void {
    const wire = new HttpWireHead(this.reactor, true, events, at)
    if (this.#accepted !== null) wire.isSecure = this.#accepted.isSecure
    this.isOpen = true
    this.#hasHead = true
    this.exchanges.push(wire.flags)
    if ((wire.flags & HEAD_UPGRADE) !== 0) this.#protocol = 'asked'
    this.next.process(new MessageStart(null, wire))
    if ((wire.flags & HEAD_EXPECT_CONTINUE) !== 0 && !wire.isExpectForwarded) {
      this.responder?.sendContinue()
    }
  }

  override receiveBody(offset: number, size: number): void {
    if (this.isOpen || this.#protocol === 'tunnel') super.receiveBody(offset, size)
    else if (this.#protocol === 'asked') this.#keepEarly(offset, size)
    // More than a request was sent before the answer that has just refused to upgrade.
    else this.receiveBad(400, 0)
  }

  override receiveEnd(offset: number, size: number): void {
    this.isOpen = false
    // Only here: the answer to a request may wait for the rest of it.
    if (this.exchanges.size >= this.#maxPipelined) this.#hold()
    super.receiveEnd(offset, size)
  }

  /**
   * Answers go to this socket as soon as the encoder has them. If requests come from it, the
   * reactor is told of each that is answered, so that another worker can go on with the connection
   * when this one dies.
   */
  answersTo(socket: Socket): void {
    if (this.isFused && socket.id === this.#accepted?.connection) this.#answeredAt = socket.id
  }

  /** Something is written that nobody has asked for: it is not clear any more what is answered. */
  answersUnasked(): void {
    if (this.#answeredAt >= 0) this.reactor.answered[this.#answeredAt] = UNCLEAR
    this.#answeredAt = -1
  }

  /** The oldest request has been answered. */
  answered(): void {
    const at = this.#answeredAt
    if (at >= 0) {
      const { answered } = this.reactor
      answered[at] = (answered[at] as number) + 1
    }
    this.exchanges.shift()
    if (!this.#isHeld || this.exchanges.size > this.#maxPipelined / 2) return
    this.#isHeld = false
    this.previous?.resume()
  }

  /** Tells the connection what is due, where no framer of its own does. */
  protected override fed(): void {
    const connection = this.#connection
    if (connection === null) return
    const hasHead = this.#hasHead
    this.#hasHead = false
    const inHead = !this.isOpen && !this.hasEnded && this.reactor.framerInHead(this.framer)
    const phase = this.isOpen ? PHASE_BODY : inHead ? PHASE_HEAD : PHASE_IDLE
    if (phase === this.#phase && !(hasHead && phase !== PHASE_IDLE)) return
    this.#phase = phase
    connection.enterPhase(phase)
  }

  receiveBad(status: number, _reason: number): void {
    if (this.refusal !== 0 || this.hasEnded) return
    this.refusal = status
    // A request that was cut off in its middle gets the refusal as its answer.
    if (!this.isOpen) {
      this.exchanges.push(0)
      const { layout, context } = this.session
      layout.runtime.refused?.(layout, status, context.inbound?.remoteAddress ?? '')
    }
    this.isOpen = false
    this.hasEnded = true
    this.next.process(new SessionEnd('ProtocolError'))
    this.responder?.refuse()
  }

  receiveTimeout(): void {
    this.receiveBad(408, 0)
  }

  /** The client may still read why its request was not served. */
  protected override cutShort(): SessionEnd {
    this.receiveBad(400, 0)
    return super.cutShort()
  }

  #hold(): void {
    if (this.#isHeld || this.responder === null) return
    this.#isHeld = true
    ;(this.reactor.counters[PIPELINE_LIMIT] as number)++
    this.previous?.pause()
  }

  /** The stream of bytes has ended. */
  protected override receiveSessionEnd(end: SessionEnd): void {
    if (this.hasEnded) return
    this.hasEnded = true
    if (this.#protocol === 'asked' && end.error === '') {
      this.#earlyEnd = end
      return
    }
    this.next.process(end)
    this.responder?.inputEnded()
  }

  /** Whether bytes have come that were sent without waiting for the answer to an upgrade. */
  get hasEarlyBytes(): boolean {
    return this.#early !== null
  }

  /** The request to upgrade was granted: bytes pass as they are from now on. */
  openTunnel(): void {
    this.#protocol = 'tunnel'
    const early = this.#early
    this.#early = null
    if (early !== null) {
      for (const data of early) this.next.process(data)
      this.previous?.resume()
    }
    if (this.#earlyEnd !== null) this.next.process(this.#earlyEnd)
  }

  /** The request to upgrade was answered like any other: requests may follow. */
  stayHttp(): void {
    if (this.#protocol !== 'asked') return
    this.#protocol = 'http'
    // The framer that has seen the request takes all that follows for the other protocol.
    const { source } = this.session
    if (!this.isFused) this.renewFramer()
    else if (isFramable(source)) source.openSocket()?.frame(FRAMER_HTTP_REQUEST)
    if (this.#earlyEnd !== null) this.next.process(this.#earlyEnd)
  }

  #keepEarly(offset: number, size: number): void {
    if (this.#early === null) {
      this.#early = []
      this.previous?.pause()
    }
    this.#early.push(Data.borrow(this.reactor, offset, size).own())
  }

  isBusy(): boolean {
    return this.exchanges.size > 0
  }

  drain(): void {
    this.responder?.drain()
  }
}

/** By its shape: the encoder imports this file. */
function isResponder(filter: Filter): filter is EncodeHttpResponse {
  return 'adopt' in filter
}

/** The accepted connection that a session works for, directly or through others. */
function acceptedBy(session: Session): Accepted | null {
  for (let at: Session | null = session; at !== null; at = at.parent) {
    if (isAccepted(at.source)) return at.source
  }
  return null
}

/** The one whose bytes a session gets copies of. */
function copiedFrom(session: Session): Accepted | null {
  let at = session
  while (at.parent !== null) at = at.parent
  if (!isCopySource(at.source)) return null
  return acceptedBy(at.source.origin) ?? copiedFrom(at.source.origin)
}
