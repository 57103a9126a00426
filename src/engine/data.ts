import { CTL_BATCH } from '../native/protocol.ts'
import { DATA } from './event.ts'

/** The part of the reactor that a `Data` reads its bytes from. */
export interface Slab {
  /** The worker's whole slab. */
  readonly bytes: Buffer
  /** The shared control block, for the number of the current batch. */
  readonly control: Int32Array
}

/** Names of the byte encodings that scripts may use. */
export type DataEncoding = 'utf8' | 'base64' | 'base64url' | 'hex' | 'hdex'

const EMPTY = Buffer.alloc(0)

/**
 * A run of bytes flowing through a pipeline.
 *
 *     borrowed: slab + at + size, valid until the current batch ends
 *     owned:    parts on the JS heap, valid for ever
 *
 * Bytes arrive borrowed and usually leave without touching the JS heap. Whoever keeps a `Data`
 * past the current call, and everything handed to a script, calls `own()` first.
 */
export class Data {
  readonly kind: typeof DATA
  #size: number
  #slab: Slab | null
  #at: number
  #batch: number
  #parts: Buffer[] | null

  constructor(init?: number | string | Data | null, encoding: DataEncoding = 'utf8') {
    this.kind = DATA
    this.#size = 0
    this.#slab = null
    this.#at = 0
    this.#batch = 0
    this.#parts = null
    if (init === undefined || init === null) return
    if (init instanceof Data) this.#append(init.#copyParts())
    else if (typeof init === 'string') this.#append([encode(init, encoding)])
    else if (typeof init === 'number') this.#append([Buffer.alloc(checkSize(init))])
    else throw new TypeError('argument #1 expects a number, a string or an instance of Data')
  }

  /** Borrows `size` bytes at `at` of the slab for the current batch. */
  static borrow(slab: Slab, at: number, size: number): Data {
    const data = new Data()
    data.#slab = slab
    data.#at = at
    data.#size = size
    data.#batch = slab.control[CTL_BATCH] as number
    return data
  }

  /** Takes over `bytes`, which nobody may change afterwards. */
  static fromBytes(bytes: Uint8Array): Data {
    const data = new Data()
    data.#append([Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)])
    return data
  }

  /** Number of bytes. */
  get size(): number {
    return this.#size
  }

  /** Slab offset of borrowed bytes, -1 for owned ones. */
  get slabOffset(): number {
    if (this.#slab === null) return -1
    this.#check(this.#slab)
    return this.#at
  }

  /** Makes the bytes outlive the current batch; returns itself. */
  own(): this {
    const slab = this.#slab
    if (slab !== null) {
      this.#check(slab)
      const copy = Buffer.allocUnsafeSlow(this.#size)
      slab.bytes.copy(copy, 0, this.#at, this.#at + this.#size)
      this.#slab = null
      this.#parts = [copy]
    }
    return this
  }

  /** The bytes in one piece; not to be changed, and valid for the current batch only. */
  toBytes(): Buffer {
    const slab = this.#slab
    if (slab !== null) {
      this.#check(slab)
      return slab.bytes.subarray(this.#at, this.#at + this.#size)
    }
    const parts = this.#parts
    if (parts === null) return EMPTY
    if (parts.length > 1) this.#parts = [Buffer.concat(parts, this.#size)]
    return this.#parts?.[0] ?? EMPTY
  }

  /** Appends in place; returns itself. */
  push(more: Data | string): this {
    if (typeof more !== 'string' && !(more instanceof Data)) {
      throw new TypeError('argument #1 expects a string or an instance of Data')
    }
    this.own()
    // Copied, because a list that is appended to itself never ends.
    this.#append(typeof more === 'string' ? [Buffer.from(more)] : [...more.#copyParts()])
    return this
  }

  /** Another `Data` with the same bytes, borrowed as long as these are; changes stay apart. */
  clone(): Data {
    const data = new Data()
    data.#size = this.#size
    data.#slab = this.#slab
    data.#at = this.#at
    data.#batch = this.#batch
    data.#parts = this.#parts === null ? null : this.#parts.slice()
    return data
  }

  /** Removes the first `count` bytes and returns them. */
  shift(count: number): Data {
    const taken = Math.min(checkSize(count), this.#size)
    this.own()
    const bytes = this.toBytes()
    this.#parts = null
    this.#size = 0
    this.#append([bytes.subarray(taken)])
    return Data.fromBytes(bytes.subarray(0, taken))
  }

  toString(encoding: DataEncoding = 'utf8'): string {
    return this.toBytes().toString(encoding === 'hdex' ? 'hex' : encoding)
  }

  #append(parts: Buffer[]): void {
    for (const part of parts) {
      if (part.length === 0) continue
      this.#parts ??= []
      this.#parts.push(part)
      this.#size += part.length
    }
  }

  #copyParts(): Buffer[] {
    if (this.#slab !== null) return [Buffer.from(this.toBytes())]
    return this.#parts ?? []
  }

  #check(slab: Slab): void {
    // A range of an earlier batch may by now hold another connection's bytes.
    if (this.#batch !== slab.control[CTL_BATCH]) {
      throw new Error('Data used after the batch that it was borrowed for')
    }
  }
}

// The bundler renames a class that refers to itself, and argument errors show the name.
Object.defineProperty(Data, 'name', { value: 'Data' })

function checkSize(value: number): number {
  if (!Number.isInteger(value) || value < 0) {
    throw new TypeError('argument #1 expects a size in bytes, zero or more')
  }
  return value
}

function encode(text: string, encoding: DataEncoding): Buffer {
  switch (encoding) {
    case 'utf8':
      return Buffer.from(text)
    case 'hex':
    case 'hdex':
      if (text.length % 2 !== 0) throw new TypeError('incomplete hex string')
      if (!/^[0-9a-f]*$/i.test(text)) throw new TypeError('invalid hex string')
      return Buffer.from(text, 'hex')
    case 'base64':
      if (text.length % 4 !== 0) throw new TypeError('incomplete Base64 string')
      if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw new TypeError('invalid Base64 string')
      return Buffer.from(text, 'base64')
    case 'base64url':
      if (!/^[A-Za-z0-9_-]*$/.test(text)) throw new TypeError('invalid Base64url string')
      return Buffer.from(text, 'base64url')
    default:
      throw new TypeError(`unknown encoding: ${String(encoding)}`)
  }
}
