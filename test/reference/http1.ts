/**
 * The reference for HTTP/1 framing: short rather than fast, the oracle for the native codec. It keeps
 * what it has not consumed as a string of one character per byte and looks at it from the start again
 * whenever bytes arrive.
 */
import {
  addFraming,
  type Head,
  parseField,
  parseHead,
  parseStartLine,
  Refused,
} from './http1-head.ts'

export type Role = 'request' | 'response'

export type Http1Event =
  | { kind: 'head'; flags: Set<string>; lines: string[] }
  | { kind: 'data'; bytes: string }
  | { kind: 'end'; trailers: string[] }
  | { kind: 'error'; status: number }

export interface Http1Options {
  lenientLf: boolean
  maxHeadBytes: number
  maxStartLineBytes: number
  maxHeaders: number
  maxChunkExtensionBytes: number
  maxTrailerBytes: number
  maxInterimResponses: number
  /** 0: no limit, also of the next. */
  maxBodyBytes: number
  maxRequests: number
  expectAny: boolean
}

export const DEFAULT_OPTIONS: Http1Options = {
  lenientLf: false,
  maxHeadBytes: 16 * 1024,
  maxStartLineBytes: 8 * 1024,
  maxHeaders: 100,
  maxChunkExtensionBytes: 1024,
  maxTrailerBytes: 8 * 1024,
  maxInterimResponses: 10,
  maxBodyBytes: 0,
  maxRequests: 0,
  expectAny: false,
}

type State =
  | 'start'
  | 'length'
  | 'until-close'
  | 'size'
  | 'chunk'
  | 'trailer'
  | 'tunnel'
  | 'closed'
  | 'failed'

const MAX_EMPTY_LINES = 2
const TCHAR = "[!#$%&'*+\\-.^_`|~0-9A-Za-z]"
const QUOTED =
  '"([\\t\\x20\\x21\\x23-\\x5b\\x5d-\\x7e\\x80-\\xff]|\\\\[\\t\\x20-\\x7e\\x80-\\xff])*"'
const EXTENSION = `([ \\t]*;[ \\t]*${TCHAR}+([ \\t]*=[ \\t]*(${TCHAR}+|${QUOTED}))?)*`
const CHUNK_LINE = new RegExp(`^[0-9A-Fa-f]{1,13}${EXTENSION}\\r\\n$`)
/** A line that none of these can complete is refused before its end is there. */
const CHUNK_LINE_ENDINGS = ['\r\n', '\n', ';a\r\n', 'a\r\n', '"\r\n', 'a"\r\n']

/** Fields that must not take effect from a trailer section (RFC 9110 section 6.5.1). */
const FORBIDDEN_TRAILERS = new Set(
  `content-length transfer-encoding content_length transfer_encoding host connection keep-alive
  proxy-connection te trailer upgrade via forwarded x-real-ip x-forwarded-for x-forwarded-host
  x-forwarded-proto x-forwarded-port x-forwarded-server x-forwarded-prefix x-original-url
  x-rewrite-url x-http-method-override max-forwards authorization proxy-authorization
  proxy-authenticate www-authenticate authentication-info proxy-authentication-info cookie
  set-cookie expect cache-control pragma range if-match if-none-match if-modified-since
  if-unmodified-since if-range age date expires location retry-after vary warning content-encoding
  content-type content-range`.split(/\s+/),
)

export class Http1Reference {
  readonly role: Role
  readonly options: Http1Options
  readonly events: Http1Event[] = []
  #state: State = 'start'
  #buffer = ''
  #remaining = 0
  #emptyLines = 0
  #interim = 0
  #requests = 0
  #bodyBytes = 0
  #keepAlive = true
  #isUpgrade = false
  #nominated = new Set<string>()
  /** Requests whose responses are to come: GET, HEAD, CONNECT or UPGRADE. */
  readonly #expected: string[] = []

  constructor(role: Role, options: Http1Options) {
    this.role = role
    this.options = options
  }

  expect(request: string): void {
    this.#expected.push(request)
  }

  /** Takes a string of one character per byte. */
  feed(bytes: string): void {
    this.#buffer += bytes
    try {
      while (this.#buffer !== '' && this.#step());
    } catch (error) {
      if (!(error instanceof Refused)) throw error
      this.#fail(error.status)
    }
  }

  finish(): boolean {
    if (this.#state === 'failed') return false
    if (this.#state === 'until-close') {
      this.#end([])
      return true
    }
    // A CR before a request is as much as nothing.
    if (this.#state === 'start' && (this.#buffer === '' || this.#buffer === '\r')) return true
    if (this.#state === 'closed' || this.#state === 'tunnel') return true
    this.#fail(400)
    return false
  }

  /** Consumes something from the buffer; false when more bytes are needed first. */
  #step(): boolean {
    switch (this.#state) {
      case 'start':
        return this.#start()
      case 'length':
      case 'chunk':
        return this.#body()
      case 'until-close':
      case 'tunnel':
        this.#data(this.#buffer.length)
        return true
      case 'size':
        return this.#chunkSize()
      case 'trailer':
        return this.#trailer()
      case 'closed':
        if (this.role === 'response') throw new Refused(502)
        return false
      case 'failed':
        return false
    }
  }

  #start(): boolean {
    const { role, options } = this
    if (role === 'response') {
      if (this.#expected.length === 0 && !options.expectAny) throw new Refused(502)
      if (!this.#buffer.startsWith('H')) throw new Refused(502)
    } else if (/^[\r\n]/.test(this.#buffer)) {
      return this.#emptyLine()
    } else if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]/.test(this.#buffer)) {
      throw new Refused(400)
    }

    const lineEnd = this.#buffer.indexOf('\n') + 1
    const hasLine =
      lineEnd > 0 && lineEnd <= Math.min(options.maxStartLineBytes, options.maxHeadBytes)
    if (!hasLine && this.#buffer.length >= options.maxStartLineBytes) throw new Refused(414)
    if (hasLine) parseStartLine(role, this.#buffer.slice(0, lineEnd - 1), options.lenientLf)

    const end = hasLine ? /\n\r?\n/.exec(this.#buffer) : null
    const size = end === null ? Number.POSITIVE_INFINITY : end.index + end[0].length
    if (size > options.maxHeadBytes) {
      if (this.#buffer.length >= options.maxHeadBytes) throw new Refused(431)
      return false
    }
    this.#begin(parseHead(role, this.#buffer.slice(0, size), options), size)
    return true
  }

  #emptyLine(): boolean {
    if (this.#emptyLines === MAX_EMPTY_LINES) throw new Refused(400)
    if (this.#buffer === '\r') return false
    const size = this.#buffer.startsWith('\r\n') ? 2 : 1
    if (size === 1 && !(this.options.lenientLf && this.#buffer.startsWith('\n'))) {
      throw new Refused(400)
    }
    this.#emptyLines++
    this.#take(size)
    return true
  }

  #begin(head: Head, size: number): void {
    const { flags } = head
    if (this.role === 'response') this.#frameResponse(head)
    this.#bodyBytes = 0
    this.#grow(head.contentLength)
    if (++this.#requests === this.options.maxRequests) flags.delete('keep-alive')
    addFraming(head)
    this.#take(size)
    this.#emptyLines = 0
    this.#keepAlive = flags.has('keep-alive')
    this.#isUpgrade = flags.has('upgrade')
    this.#nominated = head.nominated
    this.#remaining = head.contentLength
    this.events.push({ kind: 'head', flags, lines: head.lines })
    if (flags.has('interim')) return
    if (flags.has('no-body')) this.#end([])
    else if (flags.has('chunked')) this.#state = 'size'
    else this.#state = flags.has('until-close') ? 'until-close' : 'length'
  }

  /** RFC 9112 section 6.3. */
  #frameResponse({ flags, status, contentLength }: Head): void {
    const request = this.#expected[0] ?? 'GET'
    const drop = (...names: string[]): void => {
      for (const name of names) flags.delete(name)
    }
    const announcesBody = flags.has('chunked') || contentLength > 0
    if (request === 'HEAD') flags.add('head')
    if (status === 101) {
      if (request !== 'UPGRADE' || !flags.has('upgrade') || announcesBody) throw new Refused(502)
      flags.add('upgrade').add('no-body')
      drop('keep-alive', 'chunked', 'length')
    } else if (status < 200) {
      if (announcesBody) throw new Refused(502)
      if (++this.#interim > this.options.maxInterimResponses) throw new Refused(502)
      flags.add('interim')
      drop('chunked', 'length')
    } else if (request === 'CONNECT' && status < 300) {
      flags.add('until-close')
      drop('keep-alive', 'chunked', 'length')
    } else if (status === 204) {
      if (announcesBody) drop('keep-alive')
      flags.add('no-body')
      drop('chunked', 'length')
    } else if (request === 'HEAD' || status === 304) {
      if (status === 304 && flags.has('chunked')) drop('keep-alive')
      flags.add('no-body')
      drop('chunked')
    } else if (flags.has('length')) {
      if (contentLength === 0) flags.add('no-body')
    } else if (!flags.has('chunked')) {
      flags.add('until-close')
      drop('keep-alive')
    }
  }

  #body(): boolean {
    const size = Math.min(this.#remaining, this.#buffer.length)
    this.#remaining -= size
    if (size > 0) this.#data(size)
    if (this.#remaining > 0) return true
    if (this.#state === 'length') {
      this.#end([])
      return true
    }
    if (!'\r\n'.startsWith(this.#buffer.slice(0, 2))) throw new Refused(400)
    if (this.#buffer.length < 2) return false
    this.#take(2)
    this.#state = 'size'
    return true
  }

  #chunkSize(): boolean {
    const end = this.#buffer.indexOf('\n') + 1
    const line = end === 0 ? this.#buffer : this.#buffer.slice(0, end)
    const endings = end === 0 ? CHUNK_LINE_ENDINGS : ['']
    const extension = line.replace(/^[0-9A-Fa-f]*|\r?\n?$/g, '')
    if (!endings.some((ending) => CHUNK_LINE.test(line + ending))) throw new Refused(400)
    if (extension.length > this.options.maxChunkExtensionBytes) throw new Refused(400)
    if (end === 0) return false
    this.#take(end)
    this.#remaining = Number.parseInt(line, 16)
    this.#grow(this.#remaining)
    this.#state = this.#remaining === 0 ? 'trailer' : 'chunk'
    return true
  }

  #trailer(): boolean {
    const { lenientLf, maxTrailerBytes } = this.options
    const end = /^\r?\n|\n\r?\n/.exec(this.#buffer)
    const size = end === null ? Number.POSITIVE_INFINITY : end.index + end[0].length
    if (size > maxTrailerBytes) {
      if (this.#buffer.length >= maxTrailerBytes) throw new Refused(431)
      return false
    }
    const lines = this.#buffer.slice(0, size).split('\n').slice(0, -1)
    const last = lines.pop()
    const fields = lines.map((line) => parseField(line, lenientLf))
    if (last !== '\r' && !lenientLf) throw new Refused(400)
    this.#take(size)
    this.#end(
      fields
        .filter(({ name }) => !FORBIDDEN_TRAILERS.has(name) && !this.#nominated.has(name))
        .map(({ line }) => line),
    )
    return true
  }

  /** So many more bytes of body are announced. */
  #grow(size: number): void {
    const { maxBodyBytes } = this.options
    this.#bodyBytes += size
    if (maxBodyBytes > 0 && this.#bodyBytes > maxBodyBytes) throw new Refused(413)
  }

  #data(size: number): void {
    this.events.push({ kind: 'data', bytes: this.#buffer.slice(0, size) })
    this.#take(size)
  }

  #end(trailers: string[]): void {
    this.#state = this.#isUpgrade ? 'tunnel' : this.#keepAlive ? 'start' : 'closed'
    this.#interim = 0
    this.#expected.shift()
    this.events.push({ kind: 'end', trailers })
  }

  #fail(status: number): void {
    this.#state = 'failed'
    this.#buffer = ''
    this.events.push({ kind: 'error', status: this.role === 'response' ? 502 : status })
  }

  #take(size: number): void {
    this.#buffer = this.#buffer.slice(size)
  }
}
