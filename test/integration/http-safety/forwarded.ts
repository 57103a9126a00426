/** One request as it reached the upstream. */
export interface Forwarded {
  /** Start line and header lines, with the empty line. */
  readonly head: string
  /** The body; chunks are joined. */
  readonly body: string
  /** The lines behind a chunked body; `null` if the body has another framing or no end. */
  readonly trailers: string | null
  readonly isComplete: boolean
}

/**
 * Reads what a proxy has sent, as strictly as it can be read: throws on anything that a proxy must
 * not put out, whatever it got.
 */
export function readForwarded(text: string): Forwarded[] {
  const found: Forwarded[] = []
  for (let at = 0; at < text.length; ) {
    const headEnd = text.indexOf('\r\n\r\n', at)
    if (headEnd < 0) {
      found.push({ head: text.slice(at), body: '', trailers: null, isComplete: false })
      return found
    }
    const head = text.slice(at, headEnd + 4)
    checkHead(head)
    const { body, trailers, end } = readBody(text, headEnd + 4, head)
    found.push({ head, body, trailers, isComplete: end >= 0 })
    if (end < 0) return found
    at = end
  }
  return found
}

const START_LINE = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+ [\x21-\x7e]+ HTTP\/1\.1$/
const FIELD_LINE = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+:[\t\x20-\x7e\x80-\xff]*$/

function checkHead(head: string): void {
  const [start = '', ...lines] = head.slice(0, -4).split('\r\n')
  if (!START_LINE.test(start)) throw new Error(`start line: ${JSON.stringify(start)}`)
  const names: string[] = []
  for (const line of lines) {
    if (!FIELD_LINE.test(line)) throw new Error(`header line: ${JSON.stringify(line)}`)
    names.push(line.slice(0, line.indexOf(':')).toLowerCase())
  }
  const framing = names.filter((name) => /^(content-length|transfer-encoding)$/.test(name))
  if (framing.length > 1) throw new Error(`framed twice: ${JSON.stringify(head)}`)
  if (names.filter((name) => name === 'host').length !== 1) {
    throw new Error(`not one Host: ${JSON.stringify(head)}`)
  }
}

/** The body of a message, as far as it is there. */
export interface Body {
  body: string
  trailers: string | null
  /** Where the next message begins, or -1 if this one is incomplete. */
  end: number
}

/** Reads the body behind `head`, which begins at `start`; throws on what must not be there. */
export function readBody(text: string, start: number, head: string): Body {
  if (/\r\ntransfer-encoding: chunked\r\n/i.test(head)) return readChunks(text, start)
  const [, length = '0'] = /\r\ncontent-length: (0|[1-9][0-9]*)\r\n/i.exec(head) ?? []
  if (/\r\n(content-length|transfer-encoding):/i.test(head) && !head.includes(`: ${length}\r\n`)) {
    throw new Error(`framing: ${JSON.stringify(head)}`)
  }
  const end = start + Number(length)
  return { body: text.slice(start, end), trailers: null, end: end <= text.length ? end : -1 }
}

function readChunks(text: string, start: number): Body {
  let body = ''
  for (let at = start; ; ) {
    const lineEnd = text.indexOf('\r\n', at)
    if (lineEnd < 0) return { body, trailers: null, end: -1 }
    const line = text.slice(at, lineEnd)
    if (!/^[0-9a-f]{1,13}$/i.test(line)) throw new Error(`chunk size: ${JSON.stringify(line)}`)
    const size = Number.parseInt(line, 16)
    at = lineEnd + 2
    if (size === 0) return readTrailers(text, at, body)
    body += text.slice(at, at + size)
    if (text.length < at + size + 2) return { body, trailers: null, end: -1 }
    const lineBreak = text.slice(at + size, at + size + 2)
    if (lineBreak !== '\r\n') throw new Error(`behind a chunk: ${JSON.stringify(lineBreak)}`)
    at += size + 2
  }
}

function readTrailers(text: string, start: number, body: string): Body {
  for (let at = start; ; ) {
    const lineEnd = text.indexOf('\r\n', at)
    if (lineEnd < 0) return { body, trailers: null, end: -1 }
    if (lineEnd === at) return { body, trailers: text.slice(start, at), end: at + 2 }
    const line = text.slice(at, lineEnd)
    if (!FIELD_LINE.test(line)) throw new Error(`trailer line: ${JSON.stringify(line)}`)
    at = lineEnd + 2
  }
}
