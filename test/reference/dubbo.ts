/**
 * The reference for Dubbo framing: short rather than fast, the oracle for the native codec. It keeps
 * what it has not consumed and looks at it from the start again whenever bytes arrive.
 */
export type DubboEvent =
  | {
      kind: 'head'
      flags: number
      status: number
      id: bigint
      length: number
    }
  | { kind: 'data'; bytes: string }
  | { kind: 'end' }
  | { kind: 'error'; reason: string }

export const HEAD_BYTES = 16
const MAGIC = '\xda\xbb'

export class DubboReference {
  readonly events: DubboEvent[] = []
  readonly #maxBodyBytes: number
  #buffer = ''
  #remaining = 0
  #hasFailed = false

  constructor(maxBodyBytes: number = 8 * 1024 * 1024) {
    this.#maxBodyBytes = maxBodyBytes
  }

  /** Takes bytes, one per character. */
  feed(bytes: string): void {
    this.#buffer += bytes
    while (!this.#hasFailed && this.#step());
  }

  /** Whether the stream may end here. */
  finish(): boolean {
    return !this.#hasFailed && this.#buffer === '' && this.#remaining === 0
  }

  #step(): boolean {
    if (this.#buffer === '') return false
    if (this.#remaining > 0) {
      const bytes = this.#take(Math.min(this.#remaining, this.#buffer.length))
      this.#remaining -= bytes.length
      this.events.push({ kind: 'data', bytes })
      if (this.#remaining === 0) this.events.push({ kind: 'end' })
      return true
    }
    const magic = this.#buffer.slice(0, 2)
    if (!MAGIC.startsWith(magic)) return this.#fail('not the magic number of Dubbo')
    if (this.#buffer.length < HEAD_BYTES) return false
    const head = Buffer.from(this.#take(HEAD_BYTES), 'latin1')
    const length = head.readInt32BE(12)
    if (length < 0 || length > this.#maxBodyBytes) return this.#fail('body too large')
    const [flags, status] = [head.readUInt8(2), head.readUInt8(3)]
    this.events.push({ kind: 'head', flags, status, id: head.readBigInt64BE(4), length })
    this.#remaining = length
    if (length === 0) this.events.push({ kind: 'end' })
    return true
  }

  #take(size: number): string {
    const taken = this.#buffer.slice(0, size)
    this.#buffer = this.#buffer.slice(size)
    return taken
  }

  #fail(reason: string): false {
    this.#hasFailed = true
    this.events.push({ kind: 'error', reason })
    return false
  }
}

/** The 16 bytes of a head. */
export function writeDubboHead(flags: number, status: number, id: bigint, length: number): Buffer {
  const head = Buffer.alloc(HEAD_BYTES)
  head.write(MAGIC, 'latin1')
  head.writeUInt8(flags, 2)
  head.writeUInt8(status, 3)
  head.writeBigInt64BE(BigInt.asIntN(64, id), 4)
  head.writeInt32BE(length, 12)
  return head
}
