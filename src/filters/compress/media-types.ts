import { Memo } from './memo.ts'

/** A media type, in which `*` stands for any text; `text/*` or `application/*+json`, for example. */
const PATTERN = /^[a-z0-9][\w.+-]*\/(?:[\w.+-]*\*[\w.+-]*|[\w.+-]+)$/

/**
 * Never meant by a pattern: every client that listens would keep a compressor, and every event
 * would be compressed by itself.
 */
const EVENT_STREAM = 'text/event-stream'

/** Whether a text is what `MediaTypes` takes. */
export function isMediaTypePattern(text: string): boolean {
  return PATTERN.test(text)
}

/** A list of media types to compare Content-Type fields with. */
export class MediaTypes {
  readonly #exact: ReadonlySet<string>
  readonly #patterns: readonly [start: string, end: string][]
  readonly #memo = new Memo((contentType) => this.#find(contentType))

  constructor(types: readonly string[]) {
    this.#exact = new Set(types.filter((type) => !type.includes('*')))
    this.#patterns = types
      .filter((type) => type.includes('*'))
      .map((type) => type.split('*') as [string, string])
  }

  /** Whether the media type of a Content-Type field is one of them. */
  has(contentType: string): boolean {
    return this.#memo.get(contentType)
  }

  #find(contentType: string): boolean {
    const [type = ''] = contentType.split(';')
    const name = type.trim().toLowerCase()
    if (this.#exact.has(name)) return true
    if (name === EVENT_STREAM) return false
    return this.#patterns.some(
      ([start, end]) =>
        name.length >= start.length + end.length && name.startsWith(start) && name.endsWith(end),
    )
  }
}
