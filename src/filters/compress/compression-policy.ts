import type { MessageStart } from '../../engine/event.ts'
import { parseSize } from '../../engine/quantity.ts'
import { fieldOf, fieldsOf } from '../http/head-fields.ts'
import { SizedHead } from '../http/sized-head.ts'
import { statusOf } from '../http/status-of.ts'
import { HttpWireHead } from '../http/wire-head.ts'
import type { RequestView } from '../route/request-view.ts'
import { acceptedEncoding, type Encoding } from './accepted-encoding.ts'
import { isMediaTypePattern, MediaTypes } from './media-types.ts'
import { Memo } from './memo.ts'

/** What is compressed, and how; what is not given is as in `COMPRESSION_DEFAULTS`. */
export interface CompressionOptions {
  /** Media types; `*` stands for any text in one. */
  readonly types?: readonly string[]
  /** Bytes, or a size such as `'2k'`; smaller bodies are left alone. */
  readonly minimumSize?: number | string
  /** Those that may be used, best first. */
  readonly algorithms?: readonly Encoding[]
  /** 1, fast, to 9, small. */
  readonly level?: number
}

export const ENCODINGS = ['br', 'gzip'] as const

export const COMPRESSION_DEFAULTS = {
  types: [
    'text/*',
    'application/javascript',
    'application/json',
    'application/x-javascript',
    'application/xml',
    'application/*+json',
    'application/*+xml',
    'application/wasm',
    'image/svg+xml',
    'font/otf',
    'font/ttf',
  ],
  /** A packet is sent in any case, and below this it saves no second one. */
  minimumSize: 1024,
  algorithms: ENCODINGS,
  /** Brotli gains much from 4 to 5 and little after; both do 40 MB/s and more on one processor. */
  level: 5,
} as const

/** RFC 9530 and its predecessors: these would be wrong for other bytes. */
const DIGESTS = ['content-digest', 'repr-digest', 'digest', 'content-md5']

/** Which responses are compressed for whom. Throws a TypeError for options that make no sense. */
export class CompressionPolicy {
  readonly minimumSize: number
  readonly level: number
  readonly #types: MediaTypes
  readonly #encodings: Memo<Encoding | 'identity'>

  constructor(options: CompressionOptions) {
    const { types, minimumSize, algorithms, level } = { ...COMPRESSION_DEFAULTS, ...options }
    checkTypes(types)
    checkAlgorithms(algorithms)
    if (!(Number.isInteger(level) && level >= 1 && level <= 9)) {
      throw new TypeError(`option level expects a whole number from 1 to 9, not ${level}`)
    }
    this.minimumSize = readSize(minimumSize)
    this.level = level
    this.#types = new MediaTypes(types)
    this.#encodings = new Memo((field) => acceptedEncoding(field, algorithms))
  }

  /** What the answer to a request may be encoded with. */
  encodingFor(request: RequestView): Encoding | 'identity' {
    const accepted = request.field('accept-encoding')
    if (accepted === undefined) return 'identity'
    const encoding = this.#encodings.get(accepted)
    if (encoding === 'identity' || request.method === 'HEAD') return 'identity'
    // A part of a compressed body could not be told from a part of the body itself.
    if (request.field('range') !== undefined) return 'identity'
    return encoding
  }

  /**
   * Whether a response is one to be compressed for clients that want it, as far as its head tells, or
   * stands for a part of such a one or for one that has not changed.
   */
  suits(start: MessageStart): boolean {
    const { wire } = start
    // Heads of other protocols, and of a request that is answered with itself.
    if (wire instanceof HttpWireHead ? wire.isRequest : !isOurs(wire)) return false
    const type = fieldOf(start, 'content-type')
    if (type === undefined || !this.#types.has(type)) return false
    const status = statusOf(start)
    if (status < 200 || status === 204 || status === 205) return false
    if (fieldOf(start, 'content-encoding') !== undefined) return false
    // RFC 9110 §7.7, RFC 9111 §5.2.2.6.
    if (fieldsOf(start, 'cache-control').some((one) => /\bno-transform\b/i.test(one))) return false
    return !DIGESTS.some((name) => fieldOf(start, name) !== undefined)
  }
}

function isOurs(wire: MessageStart['wire']): boolean {
  return wire === null || wire instanceof SizedHead
}

/** RFC 9110 §15.3.7, §15.4.5: not a part, and not nothing because the client has it. */
export function hasWholeBody(status: number): boolean {
  return status !== 206 && status !== 304
}

function checkTypes(types: unknown): void {
  const isGood =
    Array.isArray(types) &&
    types.length > 0 &&
    types.every((one) => typeof one === 'string' && isMediaTypePattern(one))
  if (isGood) return
  throw new TypeError('option types expects a list of media types such as "text/*"')
}

function checkAlgorithms(algorithms: unknown): void {
  const isGood =
    Array.isArray(algorithms) &&
    algorithms.length > 0 &&
    algorithms.every((one) => (ENCODINGS as readonly unknown[]).includes(one))
  if (!isGood) throw new TypeError('option algorithms expects a list of "br" and "gzip"')
}

function readSize(value: number | string): number {
  const isText = typeof value === 'string' && /^\d+[kmg]?$/i.test(value)
  const size = isText || typeof value === 'number' ? parseSize(value) : -1
  if (Number.isInteger(size) && size >= 0) return size
  throw new TypeError(`option minimumSize expects bytes or a size such as "2k", not ${value}`)
}
