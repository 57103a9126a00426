/** One HTTP/1 message as it was on the wire, in Latin-1. */
export interface HttpMessage {
  startLine: string
  /** Status of a response, 0 for requests. */
  status: number
  /** Header lines as received. */
  lines: string[]
  body: string
  isChunked: boolean
  trailers: string[]
  /** Bytes that the message took. */
  size: number
  /** Values of a field, by any spelling of its name. */
  all(name: string): string[]
  /** The only value of a field, or `undefined`. */
  field(name: string): string | undefined
}

/** What a reader must know to find the end of a message (RFC 9112 §6.3). */
export interface MessageFraming {
  /** It answers a HEAD request. */
  isHead?: boolean
}

/**
 * Reads the first message in `bytes`; `null` if it is not complete. Trusts its input: it is for
 * tests that look at what came out of a proxy, and throws on what it cannot read.
 */
export function readMessage(
  bytes: Buffer,
  isOver: boolean,
  framing: MessageFraming,
): HttpMessage | null {
  const headEnd = bytes.indexOf('\r\n\r\n')
  if (headEnd < 0) return null
  const [startLine = '', ...lines] = bytes.toString('latin1', 0, headEnd).split('\r\n')
  const all = (name: string): string[] => valuesOf(lines, name)
  const isResponse = startLine.startsWith('HTTP/')
  const status = isResponse ? Number(startLine.split(' ')[1]) : 0
  const at = headEnd + 4
  const make = (body: string, size: number, isChunked = false, trailers: string[] = []) => ({
    startLine,
    status,
    lines,
    body,
    isChunked,
    trailers,
    size,
    all,
    field: (name: string) => {
      const values = all(name)
      if (values.length > 1) throw new Error(`several ${name}: ${values.join(', ')}`)
      return values[0]
    },
  })

  if (isResponse && (framing.isHead === true || status < 200 || status === 204 || status === 304)) {
    return make('', at)
  }
  if (all('transfer-encoding').includes('chunked')) {
    const chunked = readChunked(bytes, at)
    return chunked && make(chunked.body, chunked.end, true, chunked.trailers)
  }
  const length = all('content-length')[0]
  if (length === undefined && isResponse) {
    return isOver ? make(bytes.toString('latin1', at), bytes.length) : null
  }
  const end = at + Number(length ?? 0)
  return bytes.length < end ? null : make(bytes.toString('latin1', at, end), end)
}

function valuesOf(lines: readonly string[], name: string): string[] {
  const prefix = `${name.toLowerCase()}:`
  return lines
    .filter((line) => line.toLowerCase().startsWith(prefix))
    .map((line) => line.slice(prefix.length).trim())
}

function readChunked(
  bytes: Buffer,
  start: number,
): { body: string; end: number; trailers: string[] } | null {
  const pieces: Buffer[] = []
  let at = start
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at)
    if (lineEnd < 0) return null
    const line = bytes.toString('latin1', at, lineEnd)
    if (!/^[0-9a-f]+$/i.test(line)) throw new Error(`not a chunk size: ${JSON.stringify(line)}`)
    const size = Number.parseInt(line, 16)
    at = lineEnd + 2
    if (size === 0) break
    if (bytes.length < at + size + 2) return null
    pieces.push(bytes.subarray(at, at + size))
    at += size + 2
  }
  const trailers: string[] = []
  for (;;) {
    const lineEnd = bytes.indexOf('\r\n', at)
    if (lineEnd < 0) return null
    const line = bytes.toString('latin1', at, lineEnd)
    at = lineEnd + 2
    if (line === '') break
    trailers.push(line)
  }
  return { body: Buffer.concat(pieces).toString('latin1'), end: at, trailers }
}
