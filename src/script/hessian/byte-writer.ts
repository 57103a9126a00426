const INITIAL_SIZE = 256

/** A growing run of bytes, big-endian. */
export class ByteWriter {
  #bytes = Buffer.allocUnsafe(INITIAL_SIZE)
  #size = 0

  byte(value: number): void {
    this.#bytes[this.#reserve(1)] = value
  }

  uint16(value: number): void {
    this.#bytes.writeUInt16BE(value, this.#reserve(2))
  }

  int32(value: number): void {
    this.#bytes.writeInt32BE(value, this.#reserve(4))
  }

  int64(value: bigint): void {
    this.#bytes.writeBigInt64BE(value, this.#reserve(8))
  }

  double(value: number): void {
    this.#bytes.writeDoubleBE(value, this.#reserve(8))
  }

  bytes(source: Uint8Array): void {
    this.#bytes.set(source, this.#reserve(source.length))
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
