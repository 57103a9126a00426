import type { MessageStart } from '../../engine/event.ts'
import { nameIn, valuesOf } from './head-fields.ts'

/** What to change about the fields of a head, by names in any letter case. */
export interface HeaderChanges {
  /** Replaces all fields of a name, or adds one. */
  readonly set?: Readonly<Record<string, string>>
  /** Adds one more field beside those of the name. */
  readonly add?: Readonly<Record<string, string>>
  /** Removes all fields of a name. */
  readonly remove?: readonly string[]
}

/** RFC 9110 §5.6.2: token. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const CONTROL = /[\x00-\x08\x0a-\x1f\x7f]/
/** RFC 9110 §7.6.1, RFC 9112 §6: fields of the connection or of the framing, which are ours to write. */
const OURS = new Set([
  'connection',
  'content-length',
  'keep-alive',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
])

/** Changes heads in one way. Throws a TypeError at once for what could never be written. */
export class HeadEditor {
  readonly #set: readonly [name: string, value: string][]
  readonly #add: readonly [name: string, value: string][]
  readonly #remove: readonly string[]

  constructor({ set = {}, add = {}, remove = [] }: HeaderChanges) {
    this.#set = Object.entries(set).map(checkField)
    this.#add = Object.entries(add).map(checkField)
    this.#remove = remove.map(checkHeaderName)
  }

  /** Changes the head of a message; see `changeable`. */
  edit(start: MessageStart): void {
    const head = start.head as { headers?: unknown } | null
    if (head === null) return
    // A script may have put anything there; what is no list of fields has none.
    if (typeof head.headers !== 'object' || head.headers === null) head.headers = {}
    const headers = head.headers as Record<string, unknown>
    for (const name of this.#remove) delete headers[nameIn(headers, name)]
    for (const [name, value] of this.#set) headers[nameIn(headers, name)] = value
    for (const [name, value] of this.#add) {
      const key = nameIn(headers, name)
      const before = valuesOf(start, headers, key)
      headers[key] = before.length === 0 ? value : [...before, value]
    }
  }
}

/** The event itself, or a copy if it may be a constant of a script, which others put out as well. */
export function changeable(start: MessageStart): MessageStart {
  return start.wire === null ? start.clone() : start
}

function checkField([name, value]: [string, string]): [name: string, value: string] {
  if (typeof value !== 'string') throw new TypeError(`header ${name}: the value is not a text`)
  if (CONTROL.test(value)) throw new TypeError(`header ${name}: the value has a control character`)
  return [checkHeaderName(name), value]
}

/** The name in lower case; throws a TypeError for one that nobody but a codec may write. */
export function checkHeaderName(name: string): string {
  const lower = String(name).toLowerCase()
  if (!TOKEN.test(lower)) throw new TypeError(`invalid header name: ${JSON.stringify(name)}`)
  if (OURS.has(lower)) throw new TypeError(`header ${name} belongs to the connection`)
  return lower
}
