import type { Data } from './data.ts'
import type { SessionErrorCode } from './errors.ts'

/** Numeric kinds of events; a number compares faster than a class. */
export const DATA = 1
export const MESSAGE_START = 2
export const MESSAGE_END = 3
export const SESSION_END = 4
/** The head of a 1xx response: engine-internal, passed along by everything that scripts see. */
export const INTERIM = 5

export type Kind = 1 | 2 | 3 | 4 | 5

/**
 * What flows through a pipeline. A session sees any number of messages (`MessageStart`, `Data`*,
 * `MessageEnd`) or raw `Data`, then at most one `SessionEnd`. The classes have no common base
 * class: V8 constructs them faster so, and several are made for every request.
 */
export type Event = Data | MessageStart | MessageEnd | SessionEnd

/** A head that still is bytes somewhere. The codec filters know the concrete classes. */
export interface WireHead {
  /**
   * Whether it ends the protocol in which it came: behind its message, raw `Data` flows both ways
   * between whoever asked and whoever answered, until both have ended.
   */
  readonly opensTunnel: boolean
  /** Makes the head's own bytes outlive the current batch. */
  own(): void
  /** Another head of the same bytes, with what scripts have changed so far. */
  clone(): WireHead
  /** The object that scripts see as `head`; the same one at every call. */
  materialise(): object
}

/** What ties an answer to its message in protocols whose answers come in any order. */
export interface Correlation {
  /** No answer will come. */
  readonly isOneWay: boolean
  /** The message is about the connection itself, as a heartbeat is, and not for anybody behind. */
  readonly isEvent: boolean
  /** Puts out the answer to such a message, if it wants one. */
  acknowledge(sink: { process(event: Event): void }, body: Data | null): void
}

/** Begins a message. Its head is an object that scripts may change, or `null`. */
export class MessageStart {
  readonly kind: typeof MESSAGE_START | typeof INTERIM
  /** Engine-internal: the head as it came from the wire, or `null` if a script made it. */
  wire: WireHead | null
  /** Engine-internal: why there is no real message, when a codec had to make one up. */
  failure: SessionErrorCode | ''
  /**
   * Engine-internal: what answers refer to, of a request, and of an answer that was matched to one;
   * `null` in protocols whose answers come in the order of the requests.
   */
  correlation: Correlation | null
  /** Engine-internal: a filter changes the body, so the length that the wire told is void. */
  isBodyChanged: boolean
  #head: object | null

  constructor(head?: object | null, wire: WireHead | null = null, interim = false) {
    this.kind = interim ? INTERIM : MESSAGE_START
    this.wire = wire
    this.failure = ''
    this.correlation = null
    this.isBodyChanged = false
    this.#head = head ?? null
    if (head && typeof head !== 'object') throw new TypeError('argument #1 expects an object')
  }

  get head(): object | null {
    if (this.#head === null && this.wire !== null) this.#head = this.wire.materialise()
    return this.#head
  }

  set head(head: object | null) {
    this.#head = head
    this.wire = null
  }

  /** Engine-internal: another event with the same head, whose changes stay apart. */
  clone(): MessageStart {
    const copy = new MessageStart(null, this.wire?.clone() ?? null, this.kind === INTERIM)
    if (this.wire === null && this.#head !== null) copy.#head = cloneHead(this.#head)
    copy.failure = this.failure
    copy.correlation = this.correlation
    copy.isBodyChanged = this.isBodyChanged
    return copy
  }

  /** Engine-internal: makes the event safe to keep after the current batch. */
  own(): this {
    this.wire?.own()
    return this
  }
}

/** Heads are one object with the `headers` as a second. */
function cloneHead(head: object): object {
  const copy: { headers?: unknown } = { ...head }
  const { headers } = copy
  if (typeof headers === 'object' && headers !== null) copy.headers = { ...headers }
  return copy
}

/** Ends a message. */
export class MessageEnd {
  readonly kind: typeof MESSAGE_END
  /** Engine-internal: trailer lines, each with its CRLF, as Latin-1 text; usually empty. */
  readonly trailers: string
  constructor(trailers = '') {
    this.kind = MESSAGE_END
    this.trailers = typeof trailers === 'string' ? trailers : ''
  }
}

/** Ends a session, well (`error` is empty) or badly. */
export class SessionEnd {
  readonly kind: typeof SESSION_END
  readonly error: SessionErrorCode | ''
  /** Engine-internal: the peer ended only its own direction and still reads. */
  readonly isHalf: boolean
  constructor(error: SessionErrorCode | '' = '', isHalf = false) {
    this.kind = SESSION_END
    this.error = typeof error === 'string' ? error : ''
    this.isHalf = isHalf === true
  }
}

/** The end of a message without trailers: it carries nothing, so that one object serves all. */
export const MESSAGE_ENDED: MessageEnd = new MessageEnd()
