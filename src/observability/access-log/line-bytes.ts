import { Buffer } from 'node:buffer'

/** What keeps a value from ending, or a line from having two meanings. */
export type Escaping = 'text' | 'json'

/** Room for a piece of a file and one more line. */
const FIRST_BYTES = 160 * 1024
const QUOTE = 0x22
const BACKSLASH = 0x5c
const SPACE = 0x20
const TILDE = 0x7e
const ZERO = 0x30
const DASH = 0x2d
/** `\u00ff`, the longest that one character becomes. */
const LONGEST_ESCAPE = 6
const LONGEST_NUMBER = 24

/**
 * Lines in the making, as bytes: made in place, because strings would be put together of pieces
 * and copied once more, which took longer than all the rest of the log.
 */
export class LineBytes {
  readonly #isJson: boolean
  #bytes: Buffer = Buffer.allocUnsafe(FIRST_BYTES)
  #length = 0

  constructor(escaping: Escaping) {
    this.#isJson = escaping === 'json'
  }

  get length(): number {
    return this.#length
  }

  /** A copy of all that was written since the last call. */
  take(): Buffer {
    const bytes = Buffer.from(this.#bytes.subarray(0, this.#length))
    this.#length = 0
    return bytes
  }

  /** Characters of ASCII that need no escaping. */
  plain(text: string): void {
    this.#reserve(text.length)
    const bytes = this.#bytes
    let at = this.#length
    for (let i = 0; i < text.length; i++) bytes[at++] = text.charCodeAt(i)
    this.#length = at
  }

  /** A part of a text as a value: in JSON with its quotes, in text a dash if it is empty. */
  value(text: string, from = 0, to: number = text.length): void {
    this.#reserve((to - from) * LONGEST_ESCAPE + 2)
    const bytes = this.#bytes
    let at = this.#length
    if (this.#isJson) bytes[at++] = QUOTE
    else if (from >= to) bytes[at++] = DASH
    for (let i = from; i < to; i++) {
      const code = text.charCodeAt(i)
      if (code < SPACE || code > TILDE || code === QUOTE || code === BACKSLASH)
        return this.#escaped(text.slice(from, to))
      bytes[at++] = code
    }
    if (this.#isJson) bytes[at++] = QUOTE
    this.#length = at
  }

  /** A whole number from 0. */
  integer(value: number): void {
    if (value >= 1e9) return this.plain(String(value))
    this.#reserve(LONGEST_NUMBER)
    let digits = 1
    for (let limit = 10; value >= limit; limit *= 10) digits++
    const bytes = this.#bytes
    let rest = value
    for (let at = this.#length + digits - 1; at >= this.#length; at--) {
      const quotient = (rest / 10) | 0
      bytes[at] = ZERO + rest - quotient * 10
      rest = quotient
    }
    this.#length += digits
  }

  /** Milliseconds with three decimals. */
  milliseconds(ms: number): void {
    const micros = Math.round(ms * 1000)
    const fraction = micros % 1000
    this.integer((micros - fraction) / 1000)
    this.plain(fraction < 100 ? (fraction < 10 ? '.00' : '.0') : '.')
    this.integer(fraction)
  }

  /** What there is in place of a number. */
  nothing(): void {
    this.plain(this.#isJson ? 'null' : '-')
  }

  #escaped(text: string): void {
    this.plain(this.#isJson ? jsonOf(text) : text.replace(/[^ !#-[\]-~]/g, hexEscape))
  }

  #reserve(more: number): void {
    const needed = this.#length + more
    if (needed <= this.#bytes.length) return
    const larger = Buffer.allocUnsafe(Math.max(needed, 2 * this.#bytes.length))
    this.#bytes.copy(larger, 0, 0, this.#length)
    this.#bytes = larger
  }
}

/** As nginx does. */
function hexEscape(character: string): string {
  return `\\x${character.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`
}

/** In ASCII only: what clients send need not be UTF-8. */
function jsonOf(latin1: string): string {
  const utf8 = Buffer.from(latin1, 'latin1').toString('utf8')
  const text = utf8.includes('\ufffd') ? latin1 : utf8
  return JSON.stringify(text).replace(/[^ -~]/g, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`
  })
}
