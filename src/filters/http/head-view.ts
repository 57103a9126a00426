import type { HttpWireHead } from './wire-head.ts'

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

type Headers = Record<string, unknown>

/** Fields that belong to the connection, not to the message; scripts do not see them. */
const HIDDEN = new Set(['content-length', 'transfer-encoding', 'connection', 'keep-alive'])

const NONE: ReadonlySet<string> = new Set()

/**
 * What scripts see of a head from the wire: a plain object, whose `headers` are parsed when they
 * are first touched. This is the handler of the proxy that stands for them until then, and it
 * remembers what was changed.
 */
export class HeadView implements ProxyHandler<Headers> {
  readonly head: RequestHead | ResponseHead
  readonly #wire: HttpWireHead
  readonly #headers: Headers
  /** What `#headers` stand for. */
  readonly #fields: Headers = {}
  /** Start line as received, in the head's own terms, to tell whether a script changed it. */
  readonly #original: readonly (string | number)[]
  #isParsed = false
  #isDirty = false
  #assigned: Set<string> | null = null

  constructor(wire: HttpWireHead) {
    this.#wire = wire
    const headers = new Proxy<Headers>(this.#fields, this)
    this.#headers = headers
    if (wire.isRequest) {
      const { protocol, method, path } = requestLine(wire)
      this.head = { headers, protocol, method, path }
      this.#original = [protocol, method, path]
    } else {
      const { status } = wire
      const line = startLine(wire.text)
      const protocol = line.slice(0, 8)
      const statusText = line.slice(13)
      this.head = { headers, protocol, status, statusText }
      this.#original = [protocol, status, statusText]
    }
  }

  isChanged(): boolean {
    const { head } = this
    if (this.#isDirty || head.headers !== this.#headers) return true
    const now =
      'method' in head
        ? [head.protocol, head.method, head.path]
        : [head.protocol, head.status, head.statusText]
    return now.some((value, at) => value !== this.#original[at])
  }

  /**
   * Lower-case names of what a script has assigned in `headers`; `null` if these are no view of the
   * head, but an object that a script has made.
   */
  assignedIn(headers: unknown): ReadonlySet<string> | null {
    return headers === this.#headers ? (this.#assigned ?? NONE) : null
  }

  /** The view of another head of the same bytes, with what scripts have changed so far. */
  copy(wire: HttpWireHead): HeadView {
    const copy = new HeadView(wire)
    const { head } = this
    if (head.headers === this.#headers) {
      Object.assign(copy.head, head, { headers: copy.#headers })
      Object.assign(copy.#fields, this.#parse(this.#fields))
      copy.#isParsed = true
      copy.#isDirty = this.#isDirty
      copy.#assigned = this.#assigned === null ? null : new Set(this.#assigned)
    } else Object.assign(copy.head, head, { headers: { ...head.headers } })
    return copy
  }

  get(target: Headers, key: string | symbol): unknown {
    return Reflect.get(this.#parse(target), key)
  }

  set(target: Headers, key: string | symbol, value: unknown): boolean {
    this.#assign(key)
    return Reflect.set(this.#parse(target), key, value)
  }

  has(target: Headers, key: string | symbol): boolean {
    return Reflect.has(this.#parse(target), key)
  }

  deleteProperty(target: Headers, key: string | symbol): boolean {
    this.#isDirty = true
    return Reflect.deleteProperty(this.#parse(target), key)
  }

  defineProperty(target: Headers, key: string | symbol, descriptor: PropertyDescriptor): boolean {
    this.#assign(key)
    return Reflect.defineProperty(this.#parse(target), key, descriptor)
  }

  ownKeys(target: Headers): (string | symbol)[] {
    return Reflect.ownKeys(this.#parse(target))
  }

  getOwnPropertyDescriptor(target: Headers, key: string | symbol): PropertyDescriptor | undefined {
    return Reflect.getOwnPropertyDescriptor(this.#parse(target), key)
  }

  #assign(key: string | symbol): void {
    this.#isDirty = true
    if (typeof key !== 'string') return
    this.#assigned ??= new Set()
    this.#assigned.add(key.toLowerCase())
  }

  #parse(target: Headers): Headers {
    if (!this.#isParsed) {
      this.#isParsed = true
      for (const [name, value] of this.#wire.lines()) {
        if (!HIDDEN.has(name)) target[name] = value
      }
    }
    return target
  }
}

function startLine(text: string): string {
  const end = text.indexOf('\n')
  return text.slice(0, text[end - 1] === '\r' ? end - 1 : end)
}

function requestLine(wire: HttpWireHead): { protocol: string; method: string; path: string } {
  const { text, targetAt, targetSize } = wire
  const end = targetAt + targetSize
  return {
    protocol: text.slice(end + 1, end + 9),
    method: text.slice(0, targetAt - 1),
    path: text.slice(targetAt, end),
  }
}
