/**
 * Counts HTTP/1.1 responses with Content-Length in a byte stream.
 *
 *     head ──CRLFCRLF──▶ body ──Content-Length bytes──▶ head …
 */
export class ResponseReader {
  #head = ''
  #bodyLeft = 0

  /** Takes the next bytes; returns how many responses they completed, or an error in words. */
  feed(bytes: Buffer): number | string {
    let completed = 0
    let offset = 0
    while (offset < bytes.length) {
      if (this.#bodyLeft > 0) {
        const taken = Math.min(this.#bodyLeft, bytes.length - offset)
        this.#bodyLeft -= taken
        offset += taken
        if (this.#bodyLeft === 0) completed++
        continue
      }
      const taken = this.#takeHead(bytes, offset)
      if (typeof taken === 'string') return taken
      offset += taken.bytes
      if (taken.isComplete && this.#bodyLeft === 0) completed++
    }
    return completed
  }

  #takeHead(bytes: Buffer, offset: number): { bytes: number; isComplete: boolean } | string {
    const carried = this.#head.length
    // The blank line may have begun in the bytes before: search what is left of the head as one text.
    const text = this.#head + bytes.toString('latin1', offset, offset + MAX_HEAD)
    const end = text.indexOf('\r\n\r\n')
    if (end < 0) {
      if (text.length >= MAX_HEAD) return 'response head too long'
      this.#head = text
      return { bytes: bytes.length - offset, isComplete: false }
    }
    const head = text.slice(0, end + 2)
    if (!head.startsWith('HTTP/1.1 200')) return `unexpected response: ${head.split('\r', 1)[0]}`
    const length = CONTENT_LENGTH.exec(head)?.[1]
    if (length === undefined) return 'response without Content-Length'
    this.#head = ''
    this.#bodyLeft = Number(length)
    return { bytes: end + 4 - carried, isComplete: true }
  }
}

const MAX_HEAD = 8 * 1024
const CONTENT_LENGTH = /\r\ncontent-length: *(\d+)\r\n/i
