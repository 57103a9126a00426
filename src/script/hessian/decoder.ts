import { Data } from '../../engine/data.ts'
import { MAX_HESSIAN_DEPTH } from './limits.ts'

/** A class that the peer has described. */
interface ClassDefinition {
  readonly name: string
  readonly fields: readonly string[]
}

/** Codes of class definitions, maps, objects, references and lists. */
const CONTAINERS: ReadonlySet<number> = new Set([
  0x43, 0x48, 0x4d, 0x4f, 0x51, 0x55, 0x56, 0x57, 0x58,
])

const MINUTE_MS = 60_000

/**
 * Reads Hessian 2.0 values one after the other.
 *
 * Lists become arrays, maps and objects plain objects, binaries `Data`, dates `Date`. The names of
 * types and classes are dropped. A long that a number cannot hold exactly becomes a BigInt.
 */
export class HessianDecoder {
  readonly #bytes: Buffer
  #at = 0
  #depth = 0
  /** Type names in order of appearance; later lists and maps name them by number. */
  readonly #types: string[] = []
  readonly #classes: ClassDefinition[] = []
  /** Lists, maps and objects in order of appearance, for references to them. */
  readonly #seen: object[] = []

  constructor(bytes: Buffer) {
    this.#bytes = bytes
  }

  hasMore(): boolean {
    return this.#at < this.#bytes.length
  }

  /** Reads one value; throws when the bytes are not Hessian or end too early. */
  read(): unknown {
    let code = this.#byte()
    while (code === 0x43) {
      this.#defineClass()
      code = this.#byte()
    }
    if (code < 0x20) return this.#string(code, true)
    if (code < 0x30) return this.#binary(code - 0x20, true)
    if (code < 0x34) return this.#string(((code - 0x30) << 8) | this.#byte(), true)
    if (code < 0x38) return this.#binary(((code - 0x34) << 8) | this.#byte(), true)
    if (code < 0x40) return (code - 0x3c) * 65_536 + this.#uint(2)
    if (code >= 0x60 && code < 0x70) return this.#object(code - 0x60)
    if (code >= 0x70 && code < 0x78) return this.#typedList(code - 0x70)
    if (code >= 0x78 && code < 0x80) return this.#list(code - 0x78)
    if (code >= 0x80 && code < 0xc0) return code - 0x90
    if (code >= 0xc0 && code < 0xd0) return (code - 0xc8) * 256 + this.#byte()
    if (code >= 0xd0 && code < 0xd8) return (code - 0xd4) * 65_536 + this.#uint(2)
    if (code >= 0xd8 && code < 0xf0) return code - 0xe0
    if (code >= 0xf0) return (code - 0xf8) * 256 + this.#byte()
    return this.#lettered(code)
  }

  #lettered(code: number): unknown {
    switch (code) {
      case 0x41: // A
        return this.#binary(this.#uint(2), false)
      case 0x42: // B
        return this.#binary(this.#uint(2), true)
      case 0x44: // D
        return this.#bytes.readDoubleBE(this.#take(8))
      case 0x46: // F
        return false
      case 0x48: // H
        return this.#map()
      case 0x49: // I
        return this.#int32()
      case 0x4a:
        return new Date(Number(this.#bytes.readBigInt64BE(this.#take(8))))
      case 0x4b:
        return new Date(this.#int32() * MINUTE_MS)
      case 0x4c: // L
        return this.#long()
      case 0x4d: // M
        this.#type()
        return this.#map()
      case 0x4e: // N
        return null
      case 0x4f: // O
        return this.#object(this.#count())
      case 0x51: // Q
        return this.#reference(this.#count())
      case 0x52: // R
        return this.#string(this.#uint(2), false)
      case 0x53: // S
        return this.#string(this.#uint(2), true)
      case 0x54: // T
        return true
      case 0x55: // U
        return this.#typedList(Number.POSITIVE_INFINITY)
      case 0x56: // V
        this.#type()
        return this.#list(this.#count())
      case 0x57: // W
        return this.#list(Number.POSITIVE_INFINITY)
      case 0x58: // X
        return this.#list(this.#count())
      case 0x59:
        return this.#int32()
      case 0x5b:
        return 0
      case 0x5c:
        return 1
      case 0x5d:
        return this.#bytes.readInt8(this.#take(1))
      case 0x5e:
        return this.#bytes.readInt16BE(this.#take(2))
      case 0x5f:
        return this.#int32() / 1000
      default:
        return this.#fail(`unknown code 0x${code.toString(16)}`)
    }
  }

  #long(): number | bigint {
    const value = this.#bytes.readBigInt64BE(this.#take(8))
    const number = Number(value)
    return Number.isSafeInteger(number) ? number : value
  }

  /** Text of `length` UTF-16 units, and of the chunks that follow unless it is the final one. */
  #string(length: number, isFinal: boolean): string {
    let text = this.#units(length)
    let more = !isFinal
    while (more) {
      const code = this.#byte()
      more = code === 0x52
      if (code < 0x20) text += this.#units(code)
      else if (code >= 0x30 && code < 0x34) text += this.#units(((code & 3) << 8) | this.#byte())
      else if (code === 0x52 || code === 0x53) text += this.#units(this.#uint(2))
      else this.#fail('a string chunk is missing')
    }
    return text
  }

  /** UTF-8 whose surrogate pairs are two sequences of three bytes or one of four. */
  #units(length: number): string {
    const start = this.#at
    let isPlain = true
    for (let units = 0; units < length; ) {
      const lead = this.#byte()
      if (lead < 0x80) units++
      else {
        isPlain = false
        const size = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2
        if (lead < 0xc0 || lead > 0xf4) this.#fail('invalid UTF-8')
        this.#take(size - 1)
        units += size === 4 ? 2 : 1
      }
    }
    return isPlain
      ? this.#bytes.toString('latin1', start, this.#at)
      : decodeUnits(this.#bytes.subarray(start, this.#at))
  }

  #binary(length: number, isFinal: boolean): Data {
    const data = new Data()
    let chunk = length
    let more = !isFinal
    for (;;) {
      const at = this.#take(chunk)
      data.push(Data.fromBytes(Uint8Array.prototype.slice.call(this.#bytes, at, at + chunk)))
      if (!more) return data
      const code = this.#byte()
      more = code === 0x41
      if (code >= 0x20 && code < 0x30) chunk = code - 0x20
      else if (code >= 0x34 && code < 0x38) chunk = ((code & 3) << 8) | this.#byte()
      else if (code === 0x41 || code === 0x42) chunk = this.#uint(2)
      else this.#fail('a binary chunk is missing')
    }
  }

  /** A type by its name, or by the number of one that came before. */
  #type(): void {
    const type = this.#scalar()
    if (typeof type === 'string') this.#types.push(type)
    else if (typeof type !== 'number' || this.#types[type] === undefined) this.#fail('invalid type')
  }

  #typedList(length: number): unknown[] {
    this.#type()
    return this.#list(length)
  }

  #list(length: number): unknown[] {
    const list: unknown[] = []
    this.#enter(list)
    while (list.length < length && !this.#isEnd(length)) list.push(this.read())
    this.#depth--
    return list
  }

  #map(): object {
    const map = {}
    this.#enter(map)
    while (!this.#isEnd(Number.POSITIVE_INFINITY)) {
      const key = this.read()
      if (typeof key === 'object' && key !== null) this.#fail('unsupported map key')
      setMember(map, String(key), this.read())
    }
    this.#depth--
    return map
  }

  #defineClass(): void {
    const name = this.#scalar()
    if (typeof name !== 'string') this.#fail('invalid class name')
    const fields: string[] = []
    for (let left = this.#count(); left > 0; left--) {
      const field = this.#scalar()
      if (typeof field !== 'string') this.#fail('invalid field name')
      fields.push(field)
    }
    this.#classes.push({ name, fields })
  }

  #object(index: number): object {
    const definition = this.#classes[index] ?? this.#fail(`class ${index} is not defined`)
    const object = {}
    this.#enter(object)
    for (const field of definition.fields) setMember(object, field, this.read())
    this.#depth--
    return object
  }

  #reference(index: number): object {
    return this.#seen[index] ?? this.#fail(`reference ${index} leads nowhere`)
  }

  #enter(value: object): void {
    if (++this.#depth > MAX_HESSIAN_DEPTH) this.#fail('nested too deeply')
    this.#seen.push(value)
  }

  /** Moves behind the end mark of a list or map of unknown length, if it stands here. */
  #isEnd(length: number): boolean {
    if (length !== Number.POSITIVE_INFINITY || this.#bytes[this.#at] !== 0x5a) return false
    this.#at++
    return true
  }

  #count(): number {
    const count = this.#scalar()
    if (typeof count !== 'number' || !Number.isInteger(count) || count < 0) {
      return this.#fail('invalid count')
    }
    return count
  }

  /** A value that contains no others, so that what describes a value cannot nest. */
  #scalar(): unknown {
    const code = this.#bytes[this.#at] ?? 0
    if ((code >= 0x60 && code < 0x80) || CONTAINERS.has(code)) this.#fail('unexpected list or map')
    return this.read()
  }

  #byte(): number {
    return this.#bytes[this.#take(1)] as number
  }

  #uint(size: number): number {
    return this.#bytes.readUIntBE(this.#take(size), size)
  }

  #int32(): number {
    return this.#bytes.readInt32BE(this.#take(4))
  }

  /** Moves over `count` bytes and returns where they begin. */
  #take(count: number): number {
    const at = this.#at
    if (at + count > this.#bytes.length) this.#fail('unexpected end')
    this.#at += count
    return at
  }

  #fail(problem: string): never {
    throw new Error(`invalid Hessian data at offset ${this.#at}: ${problem}`)
  }
}

function setMember(object: object, name: string, value: unknown): void {
  // Plain assignment would set the prototype for the name `__proto__`.
  if (name === '__proto__') {
    Object.defineProperty(object, name, {
      value,
      writable: true,
      enumerable: true,
      configurable: true,
    })
  } else (object as Record<string, unknown>)[name] = value
}

function decodeUnits(bytes: Buffer): string {
  const units: number[] = []
  let text = ''
  for (let i = 0; i < bytes.length; ) {
    const lead = bytes[i++] as number
    const next = (): number => (bytes[i++] as number) & 0x3f
    if (lead < 0x80) units.push(lead)
    else if (lead < 0xe0) units.push(((lead & 0x1f) << 6) | next())
    else if (lead < 0xf0) units.push(((lead & 0x0f) << 12) | (next() << 6) | next())
    else {
      const code = ((lead & 0x07) << 18) | (next() << 12) | (next() << 6) | next()
      units.push(0xd800 + ((code - 0x10000) >> 10), 0xdc00 + (code & 0x3ff))
    }
    if (units.length > 4096) text += String.fromCharCode(...units.splice(0))
  }
  return text + String.fromCharCode(...units)
}
