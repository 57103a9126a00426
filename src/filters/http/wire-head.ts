import type { WireHead } from '../../engine/event.ts'
import type { RequestSpan } from '../../engine/request-info.ts'
import { readLatin1 } from '../../native/latin1.ts'
import {
  CTL_BATCH,
  EVENT_STRIDE,
  HEAD_HTTP10,
  HEAD_IDEMPOTENT,
  HEAD_NOMINATES,
} from '../../native/protocol.ts'
import type { Reactor } from '../../native/reactor.ts'
import { fieldOfBytes, fieldOfText, isRepeatedInBytes, isRepeatedInText } from './find-field.ts'
import { HeadView, type RequestHead, type ResponseHead } from './head-view.ts'
import { headerLines, nominatedIn } from './header-lines.ts'
import { newRequestId, validRequestId } from './request-ids.ts'

const SLASH = 0x2f
const UPPER_G = 0x47

/**
 * A head that came from the wire. As long as nobody looks, it is a few numbers and a place in the
 * slab, and forwarding it costs no string. The text is copied when somebody keeps or reads it.
 */
export class HttpWireHead implements WireHead {
  readonly isRequest: boolean
  /** HEAD_* bits. */
  readonly flags: number
  /** Status of a response, 0 for requests. */
  readonly status: number
  /** Length of the head in bytes. */
  readonly size: number
  /** Where the target of a request begins in the head, and its length. */
  readonly targetAt: number
  readonly targetSize: number
  /** An encoder has passed Expect: 100-continue on: whoever answers it also continues it. */
  isExpectForwarded: boolean
  /** The connection that the head was forwarded to natively, which remembers it; or -1. */
  forwardedTo: number
  /** The connection that a request came on, or -1. */
  readonly client: number
  /** The client came by TLS. */
  isSecure: boolean
  /** The text is what was sent to an endpoint before: it has all fields of ours. */
  isAsSent: boolean
  /** Our part of the trace of a request, which it goes on with; `null` where none was made for it. */
  span: RequestSpan | null
  #requestId: string
  readonly #reactor: Reactor
  readonly #index: number
  #batch: number
  readonly #at: number
  readonly #lengthLow: number
  readonly #lengthHigh: number
  #text: string
  #view: HeadView | null

  /** `events[at]` is a HEAD record. */
  constructor(reactor: Reactor, isRequest: boolean, events: Int32Array, at: number) {
    this.isRequest = isRequest
    this.flags = events[at + 5] as number
    this.status = isRequest ? 0 : (events[at + 6] as number)
    this.size = events[at + 4] as number
    this.targetAt = events[at + 7] as number
    this.targetSize = events[at + 8] as number
    this.isExpectForwarded = false
    this.forwardedTo = -1
    this.client = events[at + 11] as number
    this.isSecure = false
    this.isAsSent = false
    this.span = null
    this.#requestId = ''
    this.#reactor = reactor
    this.#index = events[at + 2] as number
    this.#batch = reactor.control[CTL_BATCH] as number
    this.#at = events[at + 3] as number
    this.#lengthLow = events[at + 9] as number
    this.#lengthHigh = events[at + 10] as number
    this.#text = ''
    this.#view = null
  }

  /** RFC 9110 §15.2.2: a 101, which is decoded only where it was asked for. */
  get opensTunnel(): boolean {
    return this.status === 101
  }

  /** Length of the body, where HEAD_HAS_LENGTH tells that it is known. */
  get contentLength(): number {
    // Small lengths stay small integers: a fraction-capable field would cost an object of its own.
    if (this.#lengthHigh === 0 && this.#lengthLow >= 0) return this.#lengthLow
    return (this.#lengthLow >>> 0) + this.#lengthHigh * 0x1_0000_0000
  }

  /** Index of the native head if it can be forwarded as it is: same batch, unchanged; else -1. */
  get forwardIndex(): number {
    if (this.#batch !== this.#reactor.control[CTL_BATCH]) return -1
    return this.isChanged() ? -1 : this.#index
  }

  /** The whole head as Latin-1 text. */
  get text(): string {
    this.own()
    return this.#text
  }

  /** The target of a request as it was received. */
  get target(): string {
    return this.#slice(this.targetAt, this.targetAt + this.targetSize)
  }

  /** The method of a request as it was received. */
  get method(): string {
    return this.#slice(0, this.targetAt - 1)
  }

  /** RFC 9110 §9.2.1: GET, HEAD, OPTIONS and TRACE. Makes no string: every request is asked. */
  get isSafe(): boolean {
    if ((this.flags & HEAD_IDEMPOTENT) === 0) return false
    // Of the idempotent ones PUT and DELETE are not safe.
    const size = this.targetAt - 1
    if (size === 'DELETE'.length) return false
    if (size !== 'GET'.length) return true
    const first = this.#text === '' ? this.#reactor.bytes[this.#at] : this.#text.charCodeAt(0)
    return first === UPPER_G
  }

  /**
   * The value of the first field of a name, which is given in lower case; `undefined` if there is
   * none. Looks at the bytes, so that nothing is made of the other fields. Those that Connection
   * names are not there: nothing may depend on what nobody behind will see.
   */
  field(name: string): string | undefined {
    const hidesSome = (this.flags & HEAD_NOMINATES) !== 0
    if (hidesSome && nominatedIn(this.text).has(name)) return undefined
    if (this.#batch !== this.#reactor.control[CTL_BATCH]) return fieldOfText(this.text, name)
    const { bytes } = this.#reactor
    return fieldOfBytes(bytes, this.#at, this.#at + this.size, name)
  }

  /** All fields but those that Connection names; see `headerLines`. */
  lines(): ReturnType<typeof headerLines> {
    const { text } = this
    const hidesSome = (this.flags & HEAD_NOMINATES) !== 0
    return hidesSome ? headerLines(text, nominatedIn(text)) : headerLines(text)
  }

  /**
   * The value of a field that may stand in a head only once; `undefined` if it is not there, or more
   * than once: the next hop may read another line than we do.
   */
  soleField(name: string): string | undefined {
    const value = this.field(name)
    if (value === undefined) return undefined
    const { bytes, control } = this.#reactor
    const isRepeated =
      this.#batch === control[CTL_BATCH]
        ? isRepeatedInBytes(bytes, this.#at, this.#at + this.size, name)
        : isRepeatedInText(this.text, name)
    return isRepeated ? undefined : value
  }

  /** The id of a request: the client's own `X-Request-Id` if it is valid, else one made for it. */
  get requestId(): string {
    if (this.#requestId === '') {
      const own = this.soleField('x-request-id')
      this.#requestId = validRequestId(own) ? own : newRequestId()
    }
    return this.#requestId
  }

  own(): void {
    if (this.#text !== '') return
    if (this.#batch !== this.#reactor.control[CTL_BATCH]) {
      if (this.forwardedTo >= 0) this.#text = this.#reactor.lastRequest(this.forwardedTo)
      this.isAsSent = this.#text !== ''
      if (this.isAsSent) return
      throw new Error('head used after the batch that it was borrowed for')
    }
    this.#text = readLatin1(this.#reactor.bytes, this.#at, this.#at + this.size)
  }

  /**
   * Makes the head outlive the batch if the connection that it was forwarded to will not. That one
   * remembers what it was sent last, so the caller must be the only one to use it.
   */
  ownUnlessForwarded(): void {
    // A target in another form than this was rewritten: what was sent is not what was received.
    const isOriginForm = this.#reactor.bytes[this.#at + this.targetAt] === SLASH
    if (this.forwardedTo < 0 || !isOriginForm) this.own()
  }

  #slice(from: number, to: number): string {
    const isBorrowed = this.#text === '' && this.#batch === this.#reactor.control[CTL_BATCH]
    if (isBorrowed) return readLatin1(this.#reactor.bytes, this.#at + from, this.#at + to)
    return this.text.slice(from, to)
  }

  materialise(): RequestHead | ResponseHead {
    this.#view ??= new HeadView(this)
    return this.#view.head
  }

  clone(): HttpWireHead {
    const record = new Int32Array(EVENT_STRIDE)
    record[2] = this.#index
    record[3] = this.#at
    record[4] = this.size
    record[5] = this.flags
    record[6] = this.status
    record[7] = this.targetAt
    record[8] = this.targetSize
    record[9] = this.#lengthLow
    record[10] = this.#lengthHigh
    record[11] = this.client
    const copy = new HttpWireHead(this.#reactor, this.isRequest, record, 0)
    copy.#batch = this.#batch
    copy.#text = this.#text
    copy.isSecure = this.isSecure
    copy.isAsSent = this.isAsSent
    copy.span = this.span
    if (this.#view?.isChanged() === true) copy.#view = this.#view.copy(copy)
    return copy
  }

  /** Whether a script has changed anything about the head. */
  isChanged(): boolean {
    return this.#view?.isChanged() ?? false
  }

  /**
   * Whether all lines of a field stand as they came, now that `headers` have its name; `isSame` tells
   * that they show its last value. Who assigns a value means all lines: a client that sends the
   * value itself, behind another, must not keep both. New `headers` of a request are one assignment;
   * in those of a response several lines, such as Set-Cookie, outlive the copy.
   */
  keepsLines(headers: unknown, name: string, isSame: boolean): boolean {
    if (!isSame) return false
    const assigned = this.#view?.assignedIn(headers) ?? null
    return assigned === null ? !this.isRequest : !assigned.has(name)
  }

  /** An HTTP/1.0 request without a Host field. */
  get lacksHost(): boolean {
    return (this.flags & HEAD_HTTP10) !== 0 && this.isRequest && !/\nhost:/i.test(this.text)
  }
}
