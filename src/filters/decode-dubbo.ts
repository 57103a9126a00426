import { defineFilter } from '../engine/definition.ts'
import { MessageStart, SessionEnd } from '../engine/event.ts'
import { FRAMER_DUBBO } from '../native/protocol.ts'
import { isFramable } from '../net/framable.ts'
import type { RequestTracker } from '../net/inbound.ts'
import { Upstream } from './connect/upstream.ts'
import { DubboWireHead } from './dubbo/dubbo-head.ts'
import type { EncodeDubbo } from './encode-dubbo.ts'
import { FrameDecoder } from './frame-decoder.ts'

/** `decodeDubbo()`: Dubbo messages, both ways, out of a byte stream. */
export const decodeDubbo = defineFilter({
  name: 'decodeDubbo',
  description: 'Deframes Dubbo messages',
  parameters: [],
  plan: () => () => new DecodeDubbo(),
})

/**
 * Finds Dubbo messages. At a listener's end it counts the requests that wait for an answer, which
 * the encoder of the answers in the same session registers itself for.
 */
export class DecodeDubbo extends FrameDecoder implements RequestTracker {
  /** The encoder that answers; it registers itself. */
  responder: EncodeDubbo | null = null
  /** Two-way requests that are not answered. */
  due = 0
  /** Nothing more will come in. */
  hasEnded = false
  /** A heartbeat was sent, and nothing has come since. */
  #isProbing = false

  constructor() {
    super(FRAMER_DUBBO)
  }

  override start(): void {
    const source = this.previous === this.session ? this.session.source : this.previous
    if (!isFramable(source)) return
    this.isFused = true
    source.attachFramer(FRAMER_DUBBO, this)
  }

  override reset(): void {
    super.reset()
    this.responder = null
    this.due = 0
    this.hasEnded = false
    this.#isProbing = false
  }

  receiveHead(events: Int32Array, at: number): void {
    this.#isProbing = false
    const wire = DubboWireHead.read(events, at)
    if (wire.isTwoWay && !wire.isEvent) this.due++
    const start = new MessageStart(null, wire)
    start.correlation = wire
    this.next.process(start)
  }

  /** From here on the stream makes no sense: whoever sends it is let go. */
  receiveBad(): void {
    if (this.previous instanceof Upstream) this.previous.destroy()
    this.receiveSessionEnd(new SessionEnd('ProtocolError'))
  }

  receiveTimeout(): void {
    this.receiveBad()
  }

  protected override receiveSessionEnd(end: SessionEnd): void {
    if (this.hasEnded) return
    this.hasEnded = true
    this.next.process(end)
    this.responder?.inputEnded(end)
  }

  isBusy(): boolean {
    return this.responder !== null && this.due > 0
  }

  probe(): boolean {
    if (this.#isProbing || this.responder === null) return false
    this.#isProbing = true
    this.responder.sendHeartbeat()
    return true
  }

  drain(): void {
    this.responder?.drain()
  }
}
