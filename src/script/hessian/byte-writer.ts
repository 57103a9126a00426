const INITIAL_SIZE = 256

/** A growing run of bytes, big-endian. */
export class ByteWriter {
  #bytes = Buffer.allocUnsafe(INITIAL_SIZE)
  #size = 0

  byte(value: number): void {
    const at = this.#reserve(1)
    this.#bytes[at] = value
  }

  uint16(value: number): void {
    const at = this.#reserve(2)
    this.#bytes.writeUInt16BE(value, at)
  }

  int32(value: number): void {
    const at = this.#reserve(4)
    this.#bytes.writeInt32BE(value, at)
  }

  int64(value: bigint): void {
    const at = this.#reserve(8)
    this.#bytes.writeBigInt64BE(value, at)
  }

  double(value: number): void {
    const at = this.#reserve(8)
    this.#bytes.writeDoubleBE(value, at)
  }

  bytes(source: Uint8Array): void {
    const at = this.#reserve(source.length)
    this.#bytes.set(source, at)
  }

  /** Each UTF-16 unit as UTF-8, so that a surrogate pair takes six bytes: what Java peers expect. */
  units(text: string, from: number, to: number): void {
    for (let i = from; i < to; i++) {
      const unit = text.charCodeAt(i)
      if (unit < 0x80) this.byte(unit)
      else if (unit < 0x800) this.uint16(0xc080 | ((unit << 2) & 0x1f00) | (unit & 0x3f))
      else {
        this.byte(0xe0 | (unit >> 12))
        this.uint16(0x8080 | ((unit << 2) & 0x3f00) | (unit & 0x3f))
      }
    }
  }

  /** Everything written; the writer must not be used afterwards. */
  finish(): Buffer {
    return this.#bytes.subarray(0, this.#size)
  }

  /** Makes room, which may replace `#bytes`: to be called before that is looked at. */
  #reserve(count: number): number {
    const at = this.#size
    this.#size += count
    if (this.#size > this.#bytes.length) {
      const grown = Buffer.allocUnsafe(Math.max(this.#bytes.length * 2, this.#size))
      this.#bytes.copy(grown, 0, 0, at)
      this.#bytes = grown
    }
    return at
  }
}
