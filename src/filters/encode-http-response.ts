import { checkOptionalObject } from '../engine/arguments.ts'
import { defineFilter } from '../engine/definition.ts'
import { SESSION_ERRORS, type SessionErrorCode } from '../engine/errors.ts'
import { type MessageStart, SessionEnd } from '../engine/event.ts'
import type { Filter } from '../engine/filter.ts'
import type { Session } from '../engine/session.ts'
import {
  HEAD_EXPECT_CONTINUE,
  HEAD_HAS_LENGTH,
  HEAD_HEAD_METHOD,
  HEAD_HTTP10,
  HEAD_KEEP_ALIVE,
  HEAD_NO_BODY,
  HEAD_UPGRADE,
  WRITE_CHUNKED,
  WRITE_CLOSE,
  WRITE_KEEP_ALIVE,
  WRITE_LENGTH,
  WRITE_UPGRADE,
} from '../native/protocol.ts'
import { isFramable } from '../net/framable.ts'
import { Socket } from '../net/socket.ts'
import { Upstream } from './connect/upstream.ts'
import { DecodeHttpRequest } from './decode-http-request.ts'
import { Exchanges } from './http/exchanges.ts'
import { EventOutput } from './http/frame-output.ts'
import { type Framing, responseStatus, responseText } from './http/head-text.ts'
import type { ResponseHead } from './http/head-view.ts'
import { httpDate } from './http/http-date.ts'
import { type BodyMode, type HeadOption, HttpEncoder } from './http/http-encoder.ts'
import { HttpWireHead } from './http/wire-head.ts'

/** `encodeHttpResponse(head?)`: a byte stream out of HTTP/1 responses. */
export const encodeHttpResponse = defineFilter({
  name: 'encodeHttpResponse',
  description: 'Frames HTTP response messages',
  parameters: [
    {
      name: 'head',
      type: 'object | (() => object)',
      doc: 'Head of every response, in place of its own',
      isOptional: true,
    },
  ],
  plan: (head?: HeadOption) => {
    if (typeof head !== 'function') checkOptionalObject(head, 1)
    return () => new EncodeHttpResponse(head)
  },
})

/** How the response in progress ends the connection. */
const CLOSE_BITS = { close: WRITE_CLOSE, 'keep-alive': WRITE_KEEP_ALIVE } as const

/**
 * Writes responses in the order of the requests that its decoder has seen, and decides what RFC
 * 9112 §9.3 leaves to the server: whether the connection stays open after each.
 */
export class EncodeHttpResponse extends HttpEncoder {
  #decoder: DecodeHttpRequest | null = null
  #exchanges = new Exchanges()
  #isClosing = false
  #isDraining = false
  #hasClosed = false
  /** The response in progress ends HTTP on this connection. */
  #isSwitching = false

  override start(): void {
    // Not of a `connect`, which connects when there is something to send.
    const { next } = this
    const socket = isFramable(next) && !(next instanceof Upstream) ? next.openSocket() : null
    this.output = socket ?? new EventOutput(this, this.session.layout.runtime.sockets.reactor)
    const decoder = findDecoder(this.session, this)
    if (decoder !== null) this.adopt(decoder)
  }

  /** Answers what `decoder` finds, unless there is one whose requests it answers already. */
  adopt(decoder: DecodeHttpRequest): void {
    if (this.#decoder !== null) return
    this.#decoder = decoder
    decoder.responder = this
    this.#exchanges = decoder.exchanges
    if (this.output instanceof Socket) decoder.answersTo(this.output)
  }

  override reset(): void {
    super.reset()
    if (this.#decoder?.responder === this) this.#decoder.responder = null
    this.#decoder = null
    this.#exchanges = new Exchanges()
    this.#isClosing = false
    this.#isDraining = false
    this.#hasClosed = false
    this.#isSwitching = false
  }

  /** Bytes that are no request have come in: answer them when their turn has come. */
  refuse(): void {
    if (this.#exchanges.size > 1 || this.#hasClosed) return
    if (this.mode !== 'idle' && this.mode !== 'held') return this.#close('ProtocolError')
    this.drop()
    this.#answer(this.#decoder?.refusal ?? 400, '')
  }

  /** The client asks whether to send its body, and nobody behind this filter will tell it. */
  sendContinue(): void {
    if (this.mode !== 'idle' || this.#exchanges.size !== 1 || this.#hasClosed) return
    if ((this.#exchanges.peek() & HEAD_EXPECT_CONTINUE) === 0) return
    this.output.sendText('HTTP/1.1 100 Continue\r\n\r\n')
    this.#exchanges.replace(this.#exchanges.peek() & ~HEAD_EXPECT_CONTINUE)
  }

  /** The client sends no more: close when everything is answered. */
  inputEnded(): void {
    if (this.#isQuiet) this.#close('')
  }

  /** Closes behind the next response that can say so: one whose head is out may be followed by a request. */
  drain(): void {
    this.#isDraining = true
  }

  /** Nothing is asked for, and nothing is being written: scripts answer unasked, too. */
  get #isQuiet(): boolean {
    return this.#exchanges.size === 0 && (this.mode === 'idle' || this.mode === 'held')
  }

  /** Whether a part of the newest request, whose bits are given, is still to come. */
  #isUnread(request: number): boolean {
    // One without a body ends with its head, which may be answered before that is told.
    return (request & HEAD_NO_BODY) === 0 && this.#decoder?.isOpen === true
  }

  protected override accepts(): boolean {
    return !this.#hasClosed
  }

  protected override receiveInterim(event: MessageStart): void {
    // RFC 9110 §15.2: an HTTP/1.0 client must not get one.
    if (this.mode !== 'idle' || this.#exchanges.size === 0 || this.#hasClosed) return
    if ((this.#exchanges.peek() & HEAD_HTTP10) !== 0) return
    const wire = event.wire as HttpWireHead
    this.#exchanges.replace(this.#exchanges.peek() & ~HEAD_EXPECT_CONTINUE)
    const index = wire.forwardIndex
    if (index >= 0) this.output.forwardHead(index, 0, wire.size)
    else {
      const head = wire.materialise() as ResponseHead
      this.output.sendText(
        responseText(head, wire, { contentLength: -1, isChunked: false, connection: '' }),
      )
    }
  }

  protected override writeHead(
    start: MessageStart,
    option: object | null,
    contentLength: number,
  ): BodyMode {
    if (start.failure !== '' && start.head === null) {
      start.head = failureHead(start.failure)
    }
    if (start.wire?.opensTunnel === true) return this.#writeSwitch(start, option)
    const status = statusOf(start, option)
    this.output.begin(start)
    // A response made of its request's own body: the client has to be asked for it first.
    if (start.wire instanceof HttpWireHead && start.wire.isRequest) this.sendContinue()
    if (this.#exchanges.size === 0) this.#decoder?.answersUnasked()
    const request = this.#exchanges.peek()
    const isHttp10 = (request & HEAD_HTTP10) !== 0
    const isBodyless = (request & HEAD_HEAD_METHOD) !== 0 || hasNoBody(status)
    const wire = start.wire instanceof HttpWireHead ? start.wire : null
    if (wire?.isRequest === false && hasNoBody(wire.status) && !hasNoBody(status)) {
      // The length told of a body that was never sent.
      contentLength = 0
      this.remaining = 0
    }
    const isUntilClose = contentLength < 0 && isHttp10 && !isBodyless
    this.#isClosing =
      // Requests that came before the word to drain are answered as well.
      (this.#isDraining && this.#exchanges.size <= 1) ||
      isUntilClose ||
      (request & HEAD_KEEP_ALIVE) === 0 ||
      // RFC 9112 §9.6: what of the request is still to come when the response ends has no reader, nor
      // has a request behind it, which only a client that was told asks again. One that is made of
      // its request's own body does not end before that.
      (this.#exchanges.size === 1 && wire?.isRequest !== true && this.#isUnread(request)) ||
      // Nobody has looked at what is behind a request to upgrade.
      ((request & HEAD_UPGRADE) !== 0 && this.#decoder?.hasEarlyBytes === true) ||
      this.#asksToClose(start)
    const connection = this.#isClosing ? 'close' : 'keep-alive'
    const index = wire === null || wire.isRequest || option !== null ? -1 : wire.forwardIndex
    const isChunked = contentLength < 0 && !isHttp10 && !isBodyless
    if (wire !== null && index >= 0 && !start.isBodyChanged) {
      const framing = isChunked ? WRITE_CHUNKED : isUntilClose ? 0 : WRITE_LENGTH
      this.output.forwardHead(index, CLOSE_BITS[connection] | framing, wire.size)
    } else {
      const head = (option ?? start.head) as Partial<ResponseHead> | null
      // RFC 9110 §8.6: it is that of the body which a GET would get, and who knows that has told it.
      const isUntold =
        status === 204 ||
        (status === 304 && wire === null && contentLength === 0) ||
        (isBodyless && wire?.isRequest === false && !start.isBodyChanged && !hasLength(wire))
      const framing: Framing = {
        contentLength: isUntilClose || isUntold ? -1 : contentLength,
        isChunked,
        connection,
      }
      this.output.sendText(responseText(head, wire, framing))
    }
    if (isBodyless) return 'none'
    if (isUntilClose) return 'until-close'
    return isChunked ? 'chunked' : 'length'
  }

  protected override finished(isCut: boolean): void {
    if (isCut) return this.#close('ReadError')
    const decoder = this.#decoder
    if (this.#isSwitching) {
      // The exchange stays open: the connection is in use as long as the tunnel.
      this.mode = 'tunnel'
      decoder?.openTunnel()
      return
    }
    const request = this.#exchanges.peek()
    const hasAskedToUpgrade = (request & HEAD_UPGRADE) !== 0
    if (decoder === null) this.#exchanges.shift()
    else decoder.answered()
    const isLast = this.#exchanges.size === 0
    const isUnread =
      isLast && (this.#isUnread(request) || (hasAskedToUpgrade && decoder?.hasEarlyBytes === true))
    if (hasAskedToUpgrade && !isUnread) decoder?.stayHttp()
    if (this.#isClosing || isUnread || (isLast && decoder?.hasEnded === true)) {
      this.#close('')
    } else if (decoder !== null && decoder.refusal !== 0 && this.#exchanges.size === 1) {
      this.refuse()
    }
  }

  protected override receiveSessionEnd(end: SessionEnd): void {
    if (this.#hasClosed) return
    if (this.mode === 'tunnel') {
      this.#hasClosed = true
      this.next.process(end)
      return
    }
    // The client's own end comes by inputEnded(); here the session has no more to say.
    if (this.mode !== 'idle' && this.mode !== 'held') return this.#close(end.error || 'ReadError')
    this.drop()
    if (this.#exchanges.size === 0 || this.#decoder?.refusal) return this.#endWell(end)
    this.#isDraining = true
    const { status, statusText } = SESSION_ERRORS[end.error || 'ReadError']
    this.#answer(status, statusText)
  }

  protected override failed(error: unknown): void {
    this.session.context.runtime.reportScriptError(error)
    this.#answer(500, '')
  }

  /** Writes a 101, behind which the bytes of another protocol come. */
  #writeSwitch(start: MessageStart, option: object | null): BodyMode {
    const wire = start.wire as HttpWireHead
    const head = start.head as Partial<ResponseHead> | null
    const wasAsked = (this.#exchanges.peek() & HEAD_UPGRADE) !== 0
    const index = option === null ? wire.forwardIndex : -1
    if (!wasAsked || option !== null || (index < 0 && responseStatus(head) !== 101)) {
      throw new TypeError('a 101 can only be passed on to who has asked for it')
    }
    this.output.begin(start)
    this.#isSwitching = true
    if (index >= 0) this.output.forwardHead(index, WRITE_UPGRADE, wire.size)
    else {
      const framing: Framing = { contentLength: -1, isChunked: false, connection: 'upgrade' }
      this.output.sendText(responseText(head, wire, framing))
    }
    return 'none'
  }

  #endWell(end: SessionEnd): void {
    if (this.#decoder?.refusal) return
    this.#hasClosed = true
    this.next.process(end.error === '' ? end : new SessionEnd())
  }

  /** Writes a response of our own without a body, then closes. */
  #answer(status: number, statusText: string): void {
    if (this.#hasClosed) return
    const framing: Framing = { contentLength: 0, isChunked: false, connection: 'close' }
    this.output.sendText(
      responseText({ headers: { date: httpDate() }, status, statusText }, null, framing),
    )
    this.#close('')
  }

  #close(error: SessionErrorCode | ''): void {
    if (this.#hasClosed) return
    this.#hasClosed = true
    this.drop()
    this.next.process(new SessionEnd(error))
  }

  #asksToClose(start: MessageStart): boolean {
    if (start.wire instanceof HttpWireHead && !start.wire.isChanged()) return false
    const headers = (start.head as Partial<ResponseHead> | null)?.headers
    const value = headers === null || headers === undefined ? undefined : headers['connection']
    return typeof value === 'string' && value.toLowerCase().includes('close')
  }
}

/** The head of the response that stands for a failure. */
function failureHead(failure: SessionErrorCode): object {
  const { status, statusText } = SESSION_ERRORS[failure]
  // RFC 9110 §10.2.3: when it makes sense to come again.
  const again = failure === 'Overloaded' ? { 'retry-after': '1' } : {}
  const headers = { date: httpDate(), ...again }
  return { headers, protocol: 'HTTP/1.1', status, statusText }
}

/** The decoder of the requests that `encoder` answers: before it, or in a session it works for. */
function findDecoder(from: Session, encoder: EncodeHttpResponse): DecodeHttpRequest | null {
  for (let session: Session | null = from; session !== null; session = session.parent) {
    let found: DecodeHttpRequest | null = null
    for (let at: Filter | null = session.first; at !== null && at !== encoder; at = at.after) {
      if (at instanceof DecodeHttpRequest) found = at
    }
    if (found !== null) return found
  }
  return null
}

/** RFC 9110 §6.4.1: responses that end with their head, whatever their fields say. */
function hasNoBody(status: number): boolean {
  return status === 204 || status === 304
}

/** The status that goes out; a script may have changed it, or given another head. */
function statusOf(start: MessageStart, option: object | null): number {
  const wire = start.wire
  if (option === null && wire instanceof HttpWireHead && !wire.isRequest && !wire.isChanged()) {
    return wire.status
  }
  const status = responseStatus((option ?? start.head) as Partial<ResponseHead> | null)
  // RFC 9110 §15.2: whoever gets one waits for another.
  if (status < 200) throw new TypeError(`invalid status of a final response: ${status}`)
  return status
}

function hasLength(wire: HttpWireHead): boolean {
  return (wire.flags & HEAD_HAS_LENGTH) !== 0
}
