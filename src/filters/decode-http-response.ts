import { defineFilter } from '../engine/definition.ts'
import { SESSION_ERRORS, type SessionErrorCode } from '../engine/errors.ts'
import { MESSAGE_ENDED, MessageStart, SessionEnd } from '../engine/event.ts'
import {
  CTL_BATCH,
  FRAMER_HTTP_RESPONSE,
  HEAD_INTERIM,
  HEAD_KEEP_ALIVE,
  PHASE_BODY,
  PHASE_IDLE,
} from '../native/protocol.ts'
import { type FramedReceiver, isFramable } from '../net/framable.ts'
import { Upstream } from './connect/upstream.ts'
import { FrameDecoder } from './frame-decoder.ts'
import { failedMessage } from './http/frame-output.ts'
import { upgradeNames } from './http/upgrade-names.ts'
import { HttpWireHead } from './http/wire-head.ts'

/** `decodeHttpResponse()`: HTTP/1 responses out of a byte stream. */
export const decodeHttpResponse = defineFilter({
  name: 'decodeHttpResponse',
  description: 'Deframes HTTP response messages',
  parameters: [],
  plan: () => () => new DecodeHttpResponse(),
})

/** Who sends what is to go the other way, once a 101 has ended HTTP. */
export interface TunnelEnd {
  openTunnel(): void
}

/**
 * Finds responses. The encoder of requests in the same session tells it what was asked, because
 * the length of a response depends on its request (RFC 9112 §6.3). A connection that fails while
 * an answer is due becomes a response of its own, so that whoever asked gets one.
 */
export class DecodeHttpResponse extends FrameDecoder implements FramedReceiver {
  #connect: Upstream | null = null
  /** The encoder of the requests, if there is one in the same session. */
  #encoder: TunnelEnd | null = null
  /** Requests whose final response is not complete. */
  #expected = 0
  /** The batch in which the last request went out. */
  #askedIn = -1
  #isInMessage = false
  /** The encoder has begun a request and not ended it. */
  #isAsking = false
  #isReusable = true
  #hasEnded = false
  /** The protocols that the last request to upgrade has asked for. */
  #protocols: readonly string[] = []
  /** A 101 was received: what follows are bytes of another protocol. */
  #isTunnel = false

  constructor() {
    super(FRAMER_HTTP_RESPONSE)
  }

  override start(): void {
    if (this.previous instanceof Upstream) this.#connect = this.previous
    if (isFramable(this.previous) && this.#encoder !== null) {
      this.isFused = true
      this.previous.attachFramer(FRAMER_HTTP_RESPONSE, this)
    } else if (this.#encoder !== null) this.#connect?.watch(this)
  }

  override reset(): void {
    super.reset()
    this.#connect = null
    this.#encoder = null
    this.#expected = 0
    this.#isInMessage = false
    this.#isAsking = false
    this.#isReusable = true
    this.#hasEnded = false
    this.#protocols = []
    this.#isTunnel = false
  }

  /** An encoder of requests will tell what is asked. Called before `start`, down the chain. */
  pair(encoder: TunnelEnd): void {
    this.#encoder = encoder
  }

  /** A request goes out; `isText` if the native framer cannot see it by itself. */
  expect(flags: number, isText: boolean): void {
    this.#expected++
    this.#isAsking = true
    this.#askedIn = this.reactor.control[CTL_BATCH] as number
    if (!isText) return
    if (this.isFused) this.#connect?.expect(flags)
    else this.reactor.framerExpect(this.framer, flags)
  }

  /** What the head of a request, which goes out as well, has for Upgrade. */
  expectProtocols(names: readonly string[]): void {
    this.#protocols = names
  }

  /** The request in progress has gone out completely. */
  asked(): void {
    this.#isAsking = false
  }

  isAsking(): boolean {
    return this.#isAsking
  }

  isAnswering(): boolean {
    return this.#isInMessage
  }

  isBusy(): boolean {
    return this.#expected > 0
  }

  hasJustAsked(): boolean {
    return this.#askedIn === this.reactor.control[CTL_BATCH]
  }

  /** Whether the connection can serve another request once nothing is due on it. */
  get isReusable(): boolean {
    return this.#isReusable && !this.#hasEnded
  }

  protected override expectsAny(): boolean {
    return this.#encoder === null
  }

  receiveHead(events: Int32Array, at: number): void {
    const wire = new HttpWireHead(this.reactor, false, events, at)
    if ((wire.flags & HEAD_INTERIM) !== 0) {
      this.next.process(new MessageStart(null, wire, true))
      return
    }
    // The bytes behind it would be of a protocol that the client does not expect.
    if (wire.opensTunnel && !this.#hasAskedFor(wire)) return this.receiveBad()
    this.#isInMessage = true
    if (!this.isFused) this.#connect?.enterPhase(PHASE_BODY)
    if ((wire.flags & HEAD_KEEP_ALIVE) === 0) this.#isReusable = false
    if (wire.opensTunnel) {
      this.#isTunnel = true
      this.#encoder?.openTunnel()
      this.#connect?.openTunnel()
    }
    this.next.process(new MessageStart(null, wire))
  }

  override receiveEnd(offset: number, size: number): void {
    this.#isInMessage = false
    if (!this.isFused) this.#connect?.enterPhase(PHASE_IDLE)
    this.#expected--
    super.receiveEnd(offset, size)
  }

  /** RFC 9110 §7.8: a server switches to a protocol of those in the request, and names it. */
  #hasAskedFor(wire: HttpWireHead): boolean {
    return upgradeNames(wire.text).every((name) => this.#protocols.includes(name))
  }

  protected override get isOver(): boolean {
    return this.#hasEnded
  }

  receiveBad(): void {
    this.#connect?.destroy()
    this.receiveSessionEnd(new SessionEnd('ProtocolError'))
  }

  protected override receiveSessionEnd(end: SessionEnd): void {
    if (this.#hasEnded) return
    this.#hasEnded = true
    if (this.#isTunnel) return this.next.process(end)
    const isDue = this.#expected > 0 || (this.#encoder === null && end.error !== '')
    if (this.#isInMessage) {
      this.next.process(new SessionEnd(end.error || 'ReadError'))
    } else if (isDue) {
      const error = end.error || 'ReadError'
      this.next.process(failedMessage(error, failureHead(error)))
      this.next.process(MESSAGE_ENDED)
      this.next.process(new SessionEnd())
    } else {
      // With nothing due a connection may fail as it likes; what a script has done wrong counts.
      const isOurs = end.error === 'RuntimeError' || end.error === 'BufferOverflow'
      this.next.process(end.error === '' || isOurs ? end : new SessionEnd())
    }
  }
}

/** The head of the response that stands for a failure. */
export function failureHead(failure: SessionErrorCode): object {
  const { status, statusText } = SESSION_ERRORS[failure]
  return { headers: {}, protocol: 'HTTP/1.1', status, statusText }
}
