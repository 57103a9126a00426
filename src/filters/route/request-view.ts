import type { MessageStart } from '../../engine/event.ts'
import type { RequestHead } from '../http/head-view.ts'
import { HttpWireHead } from '../http/wire-head.ts'
import { normalisePath } from './normalise-path.ts'

const SLASH = 0x2f
/** An absolute-form target: where, and what of it. */
const ABSOLUTE = /^(https?:\/\/[^/?#]*)(.*)$/i

/**
 * A request head as routes look at it. A head that came from the wire and that nobody has touched
 * is read where it lies, piece by piece as conditions ask. One object serves many requests.
 */
export class RequestView {
  /** The path for comparisons: without query, dot segments and needless escapes. */
  path = ''
  /** What follows the question mark, if anything does. */
  query = ''
  /** What an absolute-form target has before its path; empty for others. */
  origin = ''
  #hasHost = false
  #host = ''
  #wire: HttpWireHead | null = null
  /** The head as it was received, whether or not somebody has changed it. */
  #received: HttpWireHead | null = null
  #head: Partial<RequestHead> | null = null

  /** Looks at the head of this message until the next call. */
  look(start: MessageStart): this {
    const wire = start.wire instanceof HttpWireHead ? start.wire : null
    this.#received = wire
    if (wire !== null && !wire.isChanged()) {
      this.#wire = wire
      this.#head = null
      this.#split(wire.target)
    } else {
      this.#wire = null
      this.#head = start.head as Partial<RequestHead> | null
      this.#split(String(this.#head?.path ?? '/'))
    }
    this.#hasHost = false
    return this
  }

  /** The path that the client has asked for, like `path`, whatever has become of it since. */
  get originalPath(): string {
    const received = this.#received
    return received === this.#wire || received === null ? this.path : pathOf(received.target)
  }

  get method(): string {
    return this.#wire?.method ?? String(this.#head?.method ?? 'GET')
  }

  /** The host name that is asked for, in lower case, without port; empty if there is none. */
  get host(): string {
    if (!this.#hasHost) {
      this.#hasHost = true
      // RFC 9112 §3.2.2: the authority of an absolute-form target replaces Host.
      this.#host = hostName(
        this.origin === ''
          ? (this.field('host') ?? '')
          : this.origin.slice(this.origin.indexOf('/') + 2),
      )
    }
    return this.#host
  }

  /** The first field of a lower-case name. */
  field(name: string): string | undefined {
    if (this.#wire !== null) return this.#wire.field(name)
    const headers = this.#head?.headers
    if (headers === undefined || headers === null) return undefined
    const value = headers[name] ?? headers[nameIn(headers, name)]
    return value === undefined || value === null ? undefined : String(value)
  }

  /** The first parameter of a name in the query, decoded. */
  parameter(name: string): string | undefined {
    if (this.query === '') return undefined
    return new URLSearchParams(this.query).get(name) ?? undefined
  }

  #split(target: string): void {
    let path = target
    this.origin = ''
    if (target.charCodeAt(0) !== SLASH) {
      const absolute = ABSOLUTE.exec(target)
      this.origin = absolute?.[1] ?? ''
      path = absolute?.[2] ?? target
    }
    const mark = path.indexOf('?')
    this.query = mark < 0 ? '' : path.slice(mark + 1)
    this.path = normalisePath(mark < 0 ? path : path.slice(0, mark))
  }
}

function pathOf(target: string): string {
  const local = ABSOLUTE.exec(target)?.[2] ?? target
  const mark = local.indexOf('?')
  return normalisePath(mark < 0 ? local : local.slice(0, mark))
}

function nameIn(headers: Record<string, unknown>, name: string): string {
  return Object.keys(headers).find((key) => key.toLowerCase() === name) ?? name
}

function hostName(authority: string): string {
  let end = authority.length
  const colon = authority.lastIndexOf(':')
  if (colon >= 0 && authority.indexOf(']', colon) < 0) end = colon
  if (authority.charCodeAt(end - 1) === 0x2e) end--
  return authority.slice(0, end).toLowerCase()
}
