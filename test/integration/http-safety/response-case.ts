/** What an upstream sends, and what a client gets of it. Text is Latin-1, one character a byte. */
export interface ResponseCase {
  /** What is odd about it. */
  readonly name: string
  /** The paragraph that decides: RFC 9110 (semantics) or 9112 (HTTP/1.1). */
  readonly rfc: string
  /** What the client asks. */
  readonly request: string
  readonly send: string
  /** How the upstream goes on behind that. */
  readonly ends: 'stays' | 'fin' | 'reset'
  /** Everything that the client gets; chunks may be cut differently. */
  readonly answer: string
  /**
   * What becomes of the client's connection: it serves another request, it ends, or it breaks off
   * somewhere in the answer, which the client must not take for complete.
   */
  readonly client: 'open' | 'closed' | 'aborted'
  /** Whether the upstream connection serves another request. */
  readonly isPooled: boolean
}

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

/** What a client gets in place of a broken response. */
export const BAD_GATEWAY = answer('HTTP/1.1 502 Bad Gateway', 'Content-Length: 0')

/** What a client gets when there is not even a broken one. */
export const READ_ERROR = answer('HTTP/1.1 502 Read Error', 'Content-Length: 0')

/** A response that is passed on. */
export function passed(
  rfc: string,
  name: string,
  send: string,
  got: string,
  request = GET,
): ResponseCase {
  return { name, rfc, request, send, ends: 'stays', answer: got, client: 'open', isPooled: true }
}

/** A response that the client never sees: 502, and the upstream connection ends. */
export function broken(rfc: string, name: string, send: string, request = GET): ResponseCase {
  return { ...passed(rfc, name, send, BAD_GATEWAY, request), isPooled: false }
}

/** A response that breaks after it has begun: the client sees that it is not complete. */
export function brokenOff(
  rfc: string,
  name: string,
  send: string,
  most: string,
  ends: ResponseCase['ends'] = 'stays',
): ResponseCase {
  return { ...passed(rfc, name, send, most), client: 'aborted', isPooled: false, ends }
}

/** The head of an upstream's response, of these lines. */
export function head(...lines: readonly string[]): string {
  return `${lines.join('\r\n')}\r\n\r\n`
}

/** The head of an answer on a connection that stays open: these lines and the one that says so. */
export function answer(start: string, ...lines: readonly string[]): string {
  return head(start, ...lines, 'Connection: keep-alive')
}
