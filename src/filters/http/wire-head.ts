import type { WireHead } from '../../engine/event.ts'
import { readLatin1 } from '../../native/latin1.ts'
import { CTL_BATCH, HEAD_HAS_LENGTH, HEAD_HTTP10 } from '../../native/protocol.ts'
import type { Reactor } from '../../native/reactor.ts'

/** A request head as scripts see it. */
export interface RequestHead {
  headers: Record<string, unknown>
  protocol: string
  method: string
  path: string
}

/** A response head as scripts see it. */
export interface ResponseHead {
  headers: Record<string, unknown>
  protocol: string
  status: number
  statusText: string
}

/** Fields that belong to the connection, not to the message; scripts do not see them. */
const HIDDEN = new Set(['content-length', 'transfer-encoding', 'connection', 'keep-alive'])

/**
 * A head that came from the wire. As long as nobody looks, it is a few numbers and a place in the
 * slab, and forwarding it costs no string. When a script looks, the text is copied once, and the
 * header fields are parsed at the first access to `head.headers`: the object is also the handler
 * of the proxy that scripts get for it.
 */
export class HttpWireHead implements WireHead, ProxyHandler<Record<string, unknown>> {
  readonly isRequest: boolean
  /** HEAD_* bits. */
  readonly flags: number
  /** Status of a response, 0 for requests. */
  readonly status: number
  readonly #reactor: Reactor
  readonly #index: number
  readonly #batch: number
  readonly #at: number
  /** Length of the head in bytes. */
  readonly size: number
  readonly #targetAt: number
  readonly #targetSize: number
  /** Length of the body, where HEAD_HAS_LENGTH tells that it is known. */
  readonly contentLength: number
  #text = ''
  #head: RequestHead | ResponseHead | null = null
  /** An encoder has passed Expect: 100-continue on: whoever answers it also continues it. */
  isExpectForwarded = false
  #isParsed = false
  #isDirty = false

  /** `events[at]` is a HEAD record. */
  constructor(reactor: Reactor, isRequest: boolean, events: Int32Array, at: number) {
    this.isRequest = isRequest
    this.#reactor = reactor
    this.#batch = reactor.control[CTL_BATCH] as number
    this.#index = events[at + 2] as number
    this.#at = events[at + 3] as number
    this.size = events[at + 4] as number
    this.flags = events[at + 5] as number
    this.status = isRequest ? 0 : (events[at + 6] as number)
    this.#targetAt = events[at + 7] as number
    this.#targetSize = events[at + 8] as number
    this.contentLength =
      (this.flags & HEAD_HAS_LENGTH) === 0
        ? 0
        : ((events[at + 9] as number) >>> 0) + (events[at + 10] as number) * 0x1_0000_0000
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

  own(): void {
    if (this.#text !== '') return
    if (this.#batch !== this.#reactor.control[CTL_BATCH]) {
      throw new Error('head used after the batch that it was borrowed for')
    }
    this.#text = readLatin1(this.#reactor.bytes, this.#at, this.#at + this.size)
  }

  materialise(): RequestHead | ResponseHead {
    if (this.#head === null) {
      const headers = new Proxy<Record<string, unknown>>({}, this)
      this.#head = this.isRequest
        ? { headers, protocol: this.#protocol(), method: this.#method(), path: this.#path() }
        : {
            headers,
            protocol: this.#protocol(),
            status: this.status,
            statusText: this.#statusText(),
          }
      this.#headers = headers
    }
    return this.#head
  }

  #headers: object | null = null

  /** Whether a script has changed anything about the head. */
  isChanged(): boolean {
    const head = this.#head
    if (head === null) return false
    if (this.#isDirty || head.headers !== this.#headers) return true
    if (head.protocol !== this.#protocol()) return true
    if (this.isRequest) {
      const request = head as RequestHead
      return request.method !== this.#method() || request.path !== this.#path()
    }
    const response = head as ResponseHead
    return response.status !== this.status || response.statusText !== this.#statusText()
  }

  /** An HTTP/1.0 request without a Host field. */
  get lacksHost(): boolean {
    return (this.flags & HEAD_HTTP10) !== 0 && this.isRequest && !/\nhost:/i.test(this.text)
  }

  /** The target as received. */
  get target(): string {
    return this.#path()
  }

  #startLine(): string {
    const text = this.text
    const end = text.indexOf('\n')
    return text[end - 1] === '\r' ? text.slice(0, end - 1) : text.slice(0, end)
  }

  #protocol(): string {
    if (!this.isRequest) return this.text.slice(0, 8)
    const from = this.#targetAt + this.#targetSize + 1
    return this.text.slice(from, from + 8)
  }

  #method(): string {
    return this.text.slice(0, this.#targetAt - 1)
  }

  #path(): string {
    return this.text.slice(this.#targetAt, this.#targetAt + this.#targetSize)
  }

  #statusText(): string {
    return this.#startLine().slice(13)
  }

  #parse(target: Record<string, unknown>): Record<string, unknown> {
    if (!this.#isParsed) {
      this.#isParsed = true
      for (const [name, value] of headerLines(this.text)) {
        if (!HIDDEN.has(name)) target[name] = value
      }
    }
    return target
  }

  get(target: Record<string, unknown>, key: string | symbol): unknown {
    return Reflect.get(this.#parse(target), key)
  }

  set(target: Record<string, unknown>, key: string | symbol, value: unknown): boolean {
    this.#isDirty = true
    return Reflect.set(this.#parse(target), key, value)
  }

  has(target: Record<string, unknown>, key: string | symbol): boolean {
    return Reflect.has(this.#parse(target), key)
  }

  deleteProperty(target: Record<string, unknown>, key: string | symbol): boolean {
    this.#isDirty = true
    return Reflect.deleteProperty(this.#parse(target), key)
  }

  defineProperty(
    target: Record<string, unknown>,
    key: string | symbol,
    descriptor: PropertyDescriptor,
  ): boolean {
    this.#isDirty = true
    return Reflect.defineProperty(this.#parse(target), key, descriptor)
  }

  ownKeys(target: Record<string, unknown>): (string | symbol)[] {
    return Reflect.ownKeys(this.#parse(target))
  }

  getOwnPropertyDescriptor(
    target: Record<string, unknown>,
    key: string | symbol,
  ): PropertyDescriptor | undefined {
    return Reflect.getOwnPropertyDescriptor(this.#parse(target), key)
  }
}

/**
 * The header fields of a head that the codec has accepted, in order: lower-case name, value as
 * scripts see it, and the line as it was received, without its end.
 */
export function* headerLines(text: string): Generator<[name: string, value: string, line: string]> {
  let at = text.indexOf('\n') + 1
  for (;;) {
    const end = text.indexOf('\n', at)
    if (end < 0) return
    const line = text.slice(at, text[end - 1] === '\r' ? end - 1 : end)
    if (line === '') return
    at = end + 1
    const colon = line.indexOf(':')
    yield [line.slice(0, colon).toLowerCase(), decodeValue(line.slice(colon + 1).trim()), line]
  }
}

/** Scripts see UTF-8 where a value is UTF-8, and Latin-1 where it is not. */
function decodeValue(latin1: string): string {
  if (!/[\x80-\xff]/.test(latin1)) return latin1
  const utf8 = Buffer.from(latin1, 'latin1').toString('utf8')
  return utf8.includes('�') ? latin1 : utf8
}
