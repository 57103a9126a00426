import { checkOptionalObject } from '../engine/arguments.ts'
import { defineFilter } from '../engine/definition.ts'
import type { MessageStart, SessionEnd } from '../engine/event.ts'
import {
  HEAD_HAS_LENGTH,
  HEAD_HEAD_METHOD,
  HEAD_NO_BODY,
  HEAD_UPGRADE,
  WRITE_CHUNKED,
  WRITE_LENGTH,
  WRITE_UPGRADE,
} from '../native/protocol.ts'
import { isFramable } from '../net/framable.ts'
import { Socket } from '../net/socket.ts'
import { hostOfTarget } from '../net/target.ts'
import { Upstream } from './connect/upstream.ts'
import { DecodeHttpResponse, type TunnelEnd } from './decode-http-response.ts'
import {
  type Forwarding,
  type ForwardingOptions,
  forwardingFlags,
  forwardLines,
  newLines,
  readForwarding,
} from './http/forwarding.ts'
import { EventOutput } from './http/frame-output.ts'
import { type Framing, requestText } from './http/head-text.ts'
import type { RequestHead } from './http/head-view.ts'
import { type BodyMode, type HeadOption, HttpEncoder } from './http/http-encoder.ts'
import { checkRequestText } from './http/judge-request.ts'
import { upgradeNames } from './http/upgrade-names.ts'
import { HttpWireHead } from './http/wire-head.ts'

/** `encodeHttpRequest(head?)`: a byte stream out of HTTP/1 requests. */
export const encodeHttpRequest = defineFilter({
  name: 'encodeHttpRequest',
  description: 'Frames HTTP request messages',
  parameters: [
    {
      name: 'head',
      type: 'object | (() => object)',
      doc: 'Head of every request, in place of its own',
      isOptional: true,
    },
    {
      name: 'options',
      type: 'ForwardingOptions',
      doc: 'xForwarded, forwarded, received, requestId, traceparent',
      isOptional: true,
    },
  ],
  plan: (head?: HeadOption, options?: ForwardingOptions | null) => {
    if (typeof head !== 'function') checkOptionalObject(head, 1)
    const forwarding = readForwarding(checkOptionalObject(options, 2))
    return () => new EncodeHttpRequest(head, forwarding)
  },
})

/** Methods whose requests mean nothing by a body, so that an empty one needs no length. */
const BODYLESS_METHODS = new Set(['GET', 'HEAD', 'DELETE', 'OPTIONS', 'TRACE', 'CONNECT'])

/** RFC 9112 §3.2.2: its authority is the host that is asked for, whatever Host says. */
const ABSOLUTE_TARGET = /^https?:\/\/([^/?]*)/i

const WRONG_LENGTH =
  'invalid request: expected a body as long as its Content-Length, found another; ' +
  'replace the message with its body'

/** Writes requests, and tells the decoder of the responses what was asked. */
export class EncodeHttpRequest extends HttpEncoder implements TunnelEnd {
  #decoder: DecodeHttpResponse | null = null
  #isFused = false
  /** What is told of who has asked, if anything. */
  readonly #forwarding: Forwarding | null

  constructor(option: HeadOption, forwarding: Forwarding | null) {
    super(option)
    this.#forwarding = forwarding
  }

  override start(): void {
    const filters = this.session.filters
    const at = filters.indexOf(this)
    const found = filters.slice(at + 1).find((filter) => filter instanceof DecodeHttpResponse)
    this.#decoder = found instanceof DecodeHttpResponse ? found : null
    this.#decoder?.pair(this)
    this.output = new EventOutput(this, this.session.layout.runtime.sockets.reactor)
    // All three side by side: the socket can do the work of both codecs.
    this.#isFused = isFramable(this.next) && this.#decoder !== null && filters[at + 2] === found
  }

  override reset(): void {
    super.reset()
    this.#decoder = null
    this.#isFused = false
  }

  protected override writeHead(
    start: MessageStart,
    option: object | null,
    contentLength: number,
  ): BodyMode {
    if (this.#isFused && this.output instanceof EventOutput && isFramable(this.next)) {
      const socket = this.next.openSocket()
      if (socket !== null) this.output = socket
      else this.#isFused = false
    }
    this.output.begin(start)
    const wire = start.wire instanceof HttpWireHead ? start.wire : null
    const canForward = wire?.isRequest === true && option === null && !wire.lacksHost
    const index = canForward ? wire.forwardIndex : -1
    const isChunked = contentLength < 0
    if (wire?.isRequest) wire.isExpectForwarded = true
    if (wire !== null && index >= 0 && !start.isBodyChanged) {
      this.#decoder?.expect(wire.flags, this.output instanceof EventOutput)
      const flags = this.#writeFlags(wire, isChunked)
      if ((flags & WRITE_UPGRADE) !== 0) this.#decoder?.expectProtocols(upgradeNames(wire.text))
      const forwarding = this.#forwarding
      if (forwarding === null) this.output.forwardHead(index, flags, wire.size)
      else {
        const more = forwardingFlags(wire, forwarding)
        this.output.forwardHead(index, flags | more, wire.size, newLines(wire, more))
      }
      if (this.output instanceof Socket) wire.forwardedTo = this.output.id
      return isChunked ? 'chunked' : 'length'
    }
    const head = (option ?? start.head) as Partial<RequestHead> | null
    const method = String(head?.method || 'GET')
    const flags = wire?.isRequest === true ? wire.flags : 0
    const isUnframed =
      contentLength === 0 &&
      (flags & HEAD_HAS_LENGTH) === 0 &&
      ((flags & HEAD_NO_BODY) !== 0 || BODYLESS_METHODS.has(method))
    const isUpgrade = wire !== null && this.#isUpgrade(wire) && hasField(head, 'upgrade')
    const framing: Framing = {
      contentLength: isUnframed ? -1 : contentLength,
      isChunked,
      connection: isUpgrade ? 'upgrade' : '',
    }
    const forward = this.#forwarderOf(wire)
    const text =
      forward === null
        ? requestText(head, wire, framing, this.#host)
        : requestText(head, wire, framing, this.#host, forward)
    checkRequestText(text)
    const asked = (method === 'HEAD' ? HEAD_HEAD_METHOD : 0) | (isUpgrade ? HEAD_UPGRADE : 0)
    this.#decoder?.expect(asked, true)
    if (isUpgrade) this.#decoder?.expectProtocols(upgradeNames(text))
    this.output.sendText(text)
    return isChunked ? 'chunked' : 'length'
  }

  /** What makes the field lines of a head that is text those for the next hop. */
  #forwarderOf(wire: HttpWireHead | null): ((fields: string) => string) | null {
    const forwarding = this.#forwarding
    if (forwarding === null || wire?.isRequest !== true || wire.isAsSent) return null
    const flags = forwardingFlags(wire, forwarding)
    const { reactor } = this.session.layout.runtime.sockets
    // Not the host of the lines: what we have put there is nothing that the client has asked for.
    const [, authority] = ABSOLUTE_TARGET.exec(wire.target) ?? []
    const host = authority ?? wire.field('host') ?? ''
    return (fields) => {
      const client = reactor.clientAddress(wire.client)
      return forwardLines(fields, flags, { client, host, added: newLines(wire, flags) })
    }
  }

  /** The endpoint has agreed to speak another protocol: bytes go as they are from now on. */
  openTunnel(): void {
    this.mode = 'tunnel'
  }

  #writeFlags(wire: HttpWireHead, isChunked: boolean): number {
    if (this.#isUpgrade(wire)) return WRITE_UPGRADE | WRITE_LENGTH
    return isChunked ? WRITE_CHUNKED : WRITE_LENGTH
  }

  /** Whether to ask for the other protocol: somebody has to understand the answer. */
  #isUpgrade(wire: HttpWireHead): boolean {
    return wire.isRequest && (wire.flags & HEAD_UPGRADE) !== 0 && this.#decoder !== null
  }

  /** The host of requests that name none: HTTP/1.0 clients need not, and scripts may forget. */
  get #host(): string {
    return this.next instanceof Upstream ? hostOfTarget(this.next.target) : ''
  }

  protected override finished(isCut: boolean): void {
    this.#decoder?.asked()
    // The peer waits for bytes that will never come, and whoever has asked for an answer. Bodies that
    // peers cut off end the session: only scripts change a body and leave the length of another.
    if (isCut) this.fail(new TypeError(WRONG_LENGTH))
  }

  protected override receiveSessionEnd(end: SessionEnd): void {
    this.drop()
    this.next.process(end)
  }

  protected override failed(error: unknown): void {
    this.fail(error)
  }
}

/** Whether a script's head still has a field, in any spelling. */
function hasField(head: Partial<RequestHead> | null, name: string): boolean {
  return Object.keys(head?.headers ?? {}).some((key) => key.toLowerCase() === name)
}
