/**
 * What a client sends to Sluice, and what has to come of it. Text is Latin-1, one character a byte.
 * After what a case sends, whoever runs it sends `follow`: of a request that is refused nothing is
 * left that could be taken for another one, and one that is accepted has ended where it should.
 */
export interface RequestCase {
  /** What is odd about it. */
  readonly name: string
  /** The paragraph that decides: RFC 9110 (semantics) or 9112 (HTTP/1.1). */
  readonly rfc: string
  readonly send: string
  /** Another request, or the rest of the last one. */
  readonly follow: string
  /** Statuses of the answers, `follow` included. */
  readonly answers: readonly number[]
  /** Whether the connection ends behind the last answer. */
  readonly closes: boolean
  /** Everything that reaches the upstream; chunks may be cut differently. */
  readonly upstream: string
  /** The last request there stays incomplete and its connection is closed; or it does not begin. */
  readonly isCut: boolean
  /** The listener accepts a bare LF as the end of a line. */
  readonly isLenient: boolean
}

/** A complete request that must not be noticed behind one that is refused. */
export const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n'

/** A complete request that must be served behind one that is accepted; it is forwarded as it is. */
export const NEXT = 'GET /next HTTP/1.1\r\nHost: next\r\n\r\n'

/** A request that is answered with a refusal; nothing of it reaches the upstream. */
export function refused(rfc: string, name: string, send: string, status = 400): RequestCase {
  return {
    name,
    rfc,
    send,
    follow: SMUGGLED,
    answers: [status],
    closes: true,
    upstream: '',
    isCut: false,
    isLenient: false,
  }
}

/** A request whose body turns out to be broken: the upstream must not take it for complete. */
export function cutOff(
  rfc: string,
  name: string,
  send: string,
  upstream: string,
  status = 400,
): RequestCase {
  return { ...refused(rfc, name, send, status), upstream, isCut: true }
}

/** A request that is forwarded; `upstream` is how. */
export function accepted(
  rfc: string,
  name: string,
  send: string,
  upstream: string = send,
): RequestCase {
  return {
    ...refused(rfc, name, send),
    follow: NEXT,
    answers: [200, 200],
    closes: false,
    upstream: upstream + NEXT,
  }
}

/** A request that is forwarded and the last one on its connection. */
export function lastOne(
  rfc: string,
  name: string,
  send: string,
  upstream: string = send,
): RequestCase {
  return { ...refused(rfc, name, send, 200), upstream }
}

/** Bytes as they are shown in the name of a case. */
export function shown(bytes: string): string {
  return JSON.stringify(bytes).slice(1, -1).replace('\x7f', '\\u007f')
}

/** A GET request with these header lines behind its Host. */
export function get(...lines: readonly string[]): string {
  return head('GET / HTTP/1.1', 'Host: a', ...lines)
}

/** A POST request with these header lines behind its Host; its body follows. */
export function post(...lines: readonly string[]): string {
  return head('POST / HTTP/1.1', 'Host: a', ...lines)
}

/** A head of these lines. */
export function head(...lines: readonly string[]): string {
  return `${lines.join('\r\n')}\r\n\r\n`
}
