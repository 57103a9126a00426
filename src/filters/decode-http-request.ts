import { defineFilter } from '../engine/definition.ts'
import { MessageStart, SessionEnd } from '../engine/event.ts'
import { FRAMER_HTTP_REQUEST, HEAD_EXPECT_CONTINUE } from '../native/protocol.ts'
import { isFramable } from '../net/framable.ts'
import { isTrackable, type RequestTracker } from '../net/inbound.ts'
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

  constructor() {
    super(FRAMER_HTTP_REQUEST)
  }

  override start(): void {
    const source = this.session.source
    if (this.previous !== this.session) return
    if (isFramable(source)) {
      this.isFused = true
      source.attachFramer(FRAMER_HTTP_REQUEST, this)
    } else if (isTrackable(source)) source.track(this)
  }

  override reset(): void {
    super.reset()
    this.exchanges.clear()
    this.responder = null
    this.isOpen = false
    this.isUsed = false
    this.hasEnded = false
    this.refusal = 0
  }

  receiveHead(events: Int32Array, at: number): void {
    const wire = new HttpWireHead(this.reactor, true, events, at)
    this.isOpen = true
    this.isUsed = true
    this.exchanges.push(wire.flags)
    this.next.process(new MessageStart(null, wire))
    if ((wire.flags & HEAD_EXPECT_CONTINUE) !== 0 && !wire.isExpectForwarded) {
      this.responder?.sendContinue()
    }
  }

  override receiveEnd(offset: number, size: number): void {
    this.isOpen = false
    super.receiveEnd(offset, size)
  }

  receiveBad(status: number, _reason: number): void {
    if (this.refusal !== 0 || this.hasEnded) return
    this.refusal = status
    // A request that was cut off in its middle gets the refusal as its answer.
    if (!this.isOpen) this.exchanges.push(0)
    this.isOpen = false
    this.hasEnded = true
    this.next.process(new SessionEnd('ProtocolError'))
    if (this.responder === null) this.end('ProtocolError')
    else this.responder.refuse()
  }

  receiveHeadTimeout(): void {
    this.receiveBad(408, 0)
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
