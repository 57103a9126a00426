import { defineFilter } from '../engine/definition.ts'
import { MessageStart, SessionEnd } from '../engine/event.ts'
import { counterIndex } from '../native/counters.ts'
import {
  FRAMER_HTTP_REQUEST,
  HEAD_EXPECT_CONTINUE,
  PHASE_BODY,
  PHASE_FIRST,
  PHASE_HEAD,
  PHASE_IDLE,
} from '../native/protocol.ts'
import { isFramable } from '../net/framable.ts'
import { isAccepted, isTrackable, type RequestTracker, type Trackable } from '../net/inbound.ts'
import { DEFAULT_LIMITS } from '../net/listener-policy.ts'
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
  /** A request has come in. One may be on its way to a connection that has seen none. */
  isUsed = false
  /** The client will send nothing more. */
  hasEnded = false
  /** Status to answer to bytes that are no request, once its turn has come; 0 for none. */
  refusal = 0
  /** The connection, if it cannot see by itself how far a request has come. */
  #connection: Trackable | null = null
  #policy = 0
  #maxPipelined = DEFAULT_LIMITS.maxPipelinedRequests
  /** Reading waits because too many requests are to be answered. */
  #isHeld = false
  /** A head has come since the last piece was fed. */
  #hasHead = false
  #phase = PHASE_IDLE

  constructor() {
    super(FRAMER_HTTP_REQUEST)
  }

  override start(): void {
    const source = this.session.source
    if (this.previous !== this.session) return
    if (isAccepted(source)) {
      this.#policy = source.owner.policy
      this.#maxPipelined = source.owner.limits.maxPipelinedRequests
    }
    if (isFramable(source)) {
      this.isFused = true
      source.attachFramer(FRAMER_HTTP_REQUEST, this)
    } else if (isTrackable(source)) {
      this.#connection = source
      this.#phase = PHASE_FIRST
      source.track(this)
    }
  }

  override reset(): void {
    super.reset()
    this.exchanges.clear()
    this.responder = null
    this.isOpen = false
    this.isUsed = false
    this.hasEnded = false
    this.refusal = 0
    this.#connection = null
    this.#policy = 0
    this.#maxPipelined = DEFAULT_LIMITS.maxPipelinedRequests
    this.#isHeld = false
    this.#hasHead = false
    this.#phase = PHASE_IDLE
  }

  protected override get policy(): number {
    return this.#policy
  }

  receiveHead(events: Int32Array, at: number): void {
    const wire = new HttpWireHead(this.reactor, true, events, at)
    this.isOpen = true
    this.isUsed = true
    this.#hasHead = true
    this.exchanges.push(wire.flags)
    this.next.process(new MessageStart(null, wire))
    if ((wire.flags & HEAD_EXPECT_CONTINUE) !== 0 && !wire.isExpectForwarded) {
      this.responder?.sendContinue()
    }
  }

  override receiveEnd(offset: number, size: number): void {
    this.isOpen = false
    // Only here: the answer to a request may wait for the rest of it.
    if (this.exchanges.size >= this.#maxPipelined) this.#hold()
    super.receiveEnd(offset, size)
  }

  /** The oldest request has been answered. */
  answered(): void {
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
    if (!this.isOpen) this.exchanges.push(0)
    this.isOpen = false
    this.hasEnded = true
    this.next.process(new SessionEnd('ProtocolError'))
    this.responder?.refuse()
  }

  receiveTimeout(): void {
    this.receiveBad(408, 0)
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
    this.next.process(end)
    this.responder?.inputEnded()
  }

  isBusy(): boolean {
    return this.exchanges.size > 0
  }

  drain(): void {
    this.responder?.drain()
  }
}
