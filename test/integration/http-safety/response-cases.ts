import { shown } from './request-case.ts'
import {
  answer,
  BAD_GATEWAY,
  broken,
  brokenOff,
  head,
  passed,
  READ_ERROR,
  type ResponseCase,
} from './response-case.ts'

const OK = 'HTTP/1.1 200 OK'
const LENGTH = 'Content-Length: 5'
const CHUNKED = 'Transfer-Encoding: chunked'
const HELLO = '5\r\nhello\r\n0\r\n\r\n'
const WHOLE = `${head(OK, LENGTH)}hello`
const GOT_WHOLE = `${answer(OK, LENGTH)}hello`
const BEGUN = `${head(OK, CHUNKED)}4\r\nfine\r\n`
const GOT_BEGUN = `${answer(OK, CHUNKED)}4\r\nfine\r\n`

const HEAD_REQUEST = 'HEAD / HTTP/1.1\r\nHost: a\r\n\r\n'
const HTTP10 = 'GET / HTTP/1.0\r\nHost: a\r\n\r\n'
const HTTP10_KEPT = 'GET / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n\r\n'
const CONTROLS = Array.from({ length: 32 }, (_, code) => String.fromCharCode(code)).concat('\x7f')
const FRAMING = '9112 §6.3'
const INTERIM = '9110 §15.2'

/** Everything odd or hostile that an upstream may send, and what a client gets of it. */
export const RESPONSE_CASES: readonly ResponseCase[] = [
  // Framing in doubt.
  broken(FRAMING, 'Content-Length with Transfer-Encoding', head(OK, LENGTH, CHUNKED) + HELLO),
  broken(
    FRAMING,
    'Content-Length twice, different',
    `${head(OK, LENGTH, 'Content-Length: 6')}hello!`,
  ),
  broken(FRAMING, 'Content-Length twice, equal', `${head(OK, LENGTH, LENGTH)}hello`),
  ...['5, 5', '+5', '-5', '0x5', '5_', '', '9007199254740993', '5 5'].map((value) =>
    broken(
      FRAMING,
      `Content-Length: ${JSON.stringify(value)}`,
      `${head(OK, `Content-Length: ${value}`)}hello`,
    ),
  ),
  ...[
    'xchunked',
    'identity',
    'gzip',
    'gzip, chunked',
    'chunked, gzip',
    'chunked, chunked',
    '\tchunked',
    'chunked;a',
    '',
  ].map((value) =>
    broken(
      '9112 §6.1',
      `Transfer-Encoding: ${JSON.stringify(value)}`,
      head(OK, `Transfer-Encoding: ${value}`) + HELLO,
    ),
  ),
  broken('9112 §6.1', 'Transfer-Encoding twice', head(OK, CHUNKED, CHUNKED) + HELLO),
  broken('9112 §6.1', 'Transfer-Encoding on HTTP/1.0', head('HTTP/1.0 200 OK', CHUNKED) + HELLO),
  broken(
    '9110 §7.6.1',
    'Connection: Content-Length',
    `${head(OK, LENGTH, 'Connection: Content-Length')}hello`,
  ),
  broken('9110 §5.1', 'Content_Length', `${head(OK, 'Content_Length: 5')}hello`),

  // Broken heads.
  ...CONTROLS.filter((byte) => byte !== '\n' && byte !== '\t').map((byte) =>
    broken('9110 §5.5', `${shown(byte)} in a value`, `${head(OK, `X-A: 1${byte}2`, LENGTH)}hello`),
  ),
  ...['\x00', '\t', ' ', '\r', '(', '\x80'].map((byte) =>
    broken('9110 §5.1', `${shown(byte)} in a name`, `${head(OK, `X${byte}A: 1`, LENGTH)}hello`),
  ),
  broken('9112 §5.1', 'a space before the colon', `${head(OK, 'X-A : 1', LENGTH)}hello`),
  broken('9112 §5.2', 'a folded line', `${head(OK, 'X-A: 1', ' 2', LENGTH)}hello`),
  broken('9112 §5', 'a line without colon', `${head(OK, 'X-A', LENGTH)}hello`),
  broken('9112 §2.2', 'bare LFs', 'HTTP/1.1 200 OK\nContent-Length: 5\n\nhello'),
  broken('9112 §2.2', 'an empty line in front', `\r\n${WHOLE}`),
  broken(
    '9110 §5.4',
    'a head over 16 KB',
    `${head(OK, `X-A: ${'a'.repeat(17_000)}`, LENGTH)}hello`,
  ),
  broken('9110 §5.4', '101 header lines', `${head(OK, ...Array(100).fill('X-A: 1'), LENGTH)}hello`),
  ...[
    'HTTP/2.0 200 OK',
    'HTTP/0.9 200 OK',
    'http/1.1 200 OK',
    'HTTP/1.1 20 OK',
    'HTTP/1.1 2000 OK',
    'HTTP/1.1 099 OK',
    'HTTP/1.1 abc OK',
    'HTTP/1.1  200 OK',
    'HTTP/1.1',
    'ICY 200 OK',
    'HTTP/1.1 200\tOK',
    'HTTP/1.1 200 O\x00K',
    'HTTP/1.1 200 O\rK',
    ' HTTP/1.1 200 OK',
    'SSH-2.0-x',
    '\x15\x03\x01\x00\x02\x02\x16',
  ].map((line) => broken('9112 §4', `status line ${shown(line)}`, `${head(line, LENGTH)}hello`)),
  passed(
    '9112 §4',
    'no reason phrase',
    `${head('HTTP/1.1 200 ', LENGTH)}hello`,
    `${answer('HTTP/1.1 200 ', LENGTH)}hello`,
  ),
  passed(
    '9112 §4',
    'no reason phrase and no space',
    `${head('HTTP/1.1 200', LENGTH)}hello`,
    `${answer('HTTP/1.1 200 ', LENGTH)}hello`,
  ),
  passed(
    '9112 §4',
    'HTTP/1.2 is read as 1.1',
    `${head('HTTP/1.2 200 OK', LENGTH)}hello`,
    GOT_WHOLE,
  ),
  passed('9110 §8.6', 'Content-Length: 05', `${head(OK, 'Content-Length: 05')}hello`, GOT_WHOLE),
  passed(
    '9110 §7.6.1',
    'fields of the connection stay on it',
    `${head(OK, 'Keep-Alive: timeout=5', 'Connection: X-A', 'X-A: 1', 'X-B: 2', LENGTH)}hello`,
    `${answer(OK, 'X-B: 2', LENGTH)}hello`,
  ),
  passed(
    '9112 §7.1',
    'extensions and forbidden trailers are left out',
    `${head(OK, CHUNKED)}5;a="b"\r\nhello\r\n0\r\nX-A: 1\r\nContent-Length: 5\r\nSet-Cookie: a=b\r\n\r\n`,
    `${answer(OK, CHUNKED)}5\r\nhello\r\n0\r\nX-A: 1\r\n\r\n`,
  ),

  // Broken bodies.
  ...[
    '0x4',
    '+4',
    '-4',
    ' 4',
    '',
    '4 ',
    'g',
    '00000000000004',
    '4;',
    '4;a="b',
    '4;a=\x00',
    `4;a=${'b'.repeat(1100)}`,
  ].map((line) =>
    brokenOff(
      '9112 §7.1',
      `chunk line ${shown(line.slice(0, 20))}`,
      `${BEGUN}${line}\r\nmore\r\n0\r\n\r\n`,
      GOT_BEGUN,
    ),
  ),
  brokenOff(
    '9112 §7.1',
    'a bare LF behind a chunk size',
    `${BEGUN}4\nmore\r\n0\r\n\r\n`,
    GOT_BEGUN,
  ),
  brokenOff(
    '9112 §7.1',
    'no line end behind a chunk',
    `${BEGUN}4\r\nmoreover\r\n0\r\n\r\n`,
    `${GOT_BEGUN}4\r\nmore\r\n`,
  ),
  brokenOff('9110 §6.5', 'a broken trailer', `${BEGUN}0\r\nX-A : 1\r\n\r\n`, GOT_BEGUN),
  ...(['fin', 'reset'] as const).flatMap((ends) => [
    brokenOff(
      '9112 §8',
      `a body short of its length, ${ends}`,
      `${head(OK, LENGTH)}hell`,
      `${answer(OK, LENGTH)}hell`,
      ends,
    ),
    brokenOff('9112 §8', `no body at all, ${ends}`, head(OK, LENGTH), answer(OK, LENGTH), ends),
    ...[
      '',
      '4',
      '4\r',
      '4\r\n',
      '4\r\nmo',
      '4\r\nmore',
      '4\r\nmore\r',
      '4\r\nmore\r\n',
      '0',
      '0\r\n',
      '0\r\nX-A: 1\r\n',
    ].map((rest) =>
      brokenOff(
        '9112 §8',
        `chunks cut off behind ${shown(`fine\r\n${rest}`)}, ${ends}`,
        BEGUN + rest,
        `${GOT_BEGUN}4\r\nmore\r\n`,
        ends,
      ),
    ),
    { ...broken('9112 §8', `a head cut off, ${ends}`, 'HTTP/1.1 200 OK\r\nContent-'), ends },
    { ...broken('9112 §8', `nothing at all, ${ends}`, ''), answer: READ_ERROR, ends },
  ]),

  // Bodies that must not be, and bytes that nobody asked for.
  behind(
    '9110 §15.3.5',
    '204 with a body',
    `${head('HTTP/1.1 204 No Content')}hello`,
    answer('HTTP/1.1 204 No Content'),
  ),
  behind(
    '9110 §15.3.5',
    '204 with a length and a body',
    `${head('HTTP/1.1 204 No Content', LENGTH)}hello`,
    answer('HTTP/1.1 204 No Content'),
  ),
  behind(
    '9110 §15.3.5',
    '204 with chunks',
    head('HTTP/1.1 204 No Content', CHUNKED) + HELLO,
    answer('HTTP/1.1 204 No Content'),
  ),
  behind(
    '9110 §8.6',
    '204 with a length and no body yet',
    head('HTTP/1.1 204 No Content', LENGTH),
    answer('HTTP/1.1 204 No Content'),
  ),
  behind(
    '9112 §6.1',
    '204 with chunked and no chunks yet',
    head('HTTP/1.1 204 No Content', CHUNKED),
    answer('HTTP/1.1 204 No Content'),
  ),
  passed(
    '9110 §8.6',
    '204 with a length of zero',
    head('HTTP/1.1 204 No Content', 'Content-Length: 0'),
    answer('HTTP/1.1 204 No Content'),
  ),
  behind(
    '9110 §15.4.5',
    '304 with a body',
    `${head('HTTP/1.1 304 Not Modified', LENGTH)}hello`,
    answer('HTTP/1.1 304 Not Modified', LENGTH),
  ),
  passed(
    '9110 §15.4.5',
    '304 with a length and no body',
    head('HTTP/1.1 304 Not Modified', LENGTH),
    answer('HTTP/1.1 304 Not Modified', LENGTH),
  ),
  behind(
    '9110 §15.4.5',
    '304 with chunked and no chunks yet',
    head('HTTP/1.1 304 Not Modified', CHUNKED),
    answer('HTTP/1.1 304 Not Modified'),
  ),
  behind('9110 §9.3.2', 'a body in answer to HEAD', WHOLE, answer(OK, LENGTH), HEAD_REQUEST),
  behind(
    '9110 §9.3.2',
    'chunks in answer to HEAD',
    head(OK, CHUNKED) + HELLO,
    answer(OK),
    HEAD_REQUEST,
  ),
  passed(
    '9112 §6.1',
    'chunked in answer to HEAD and no chunks',
    head(OK, CHUNKED),
    answer(OK),
    HEAD_REQUEST,
  ),
  passed(
    '9110 §9.3.2',
    'a length in answer to HEAD',
    head(OK, LENGTH),
    answer(OK, LENGTH),
    HEAD_REQUEST,
  ),
  behind('9112 §9.3', 'bytes behind a body', `${WHOLE}, and more`, GOT_WHOLE),
  behind(
    '9112 §9.3',
    'a second response behind a body',
    WHOLE + head(OK, 'Content-Length: 0'),
    GOT_WHOLE,
  ),
  behind(
    '9112 §9.3',
    'bytes behind the last chunk',
    `${head(OK, CHUNKED)}${HELLO}x`,
    `${answer(OK, CHUNKED)}${HELLO}`,
  ),

  // Interim responses.
  passed(
    INTERIM,
    '100 without a question',
    head('HTTP/1.1 100 Continue') + WHOLE,
    head('HTTP/1.1 100 Continue') + GOT_WHOLE,
  ),
  passed(
    INTERIM,
    '103 and its fields',
    head('HTTP/1.1 103 Early Hints', 'Link: </a>') + WHOLE,
    head('HTTP/1.1 103 Early Hints', 'Link: </a>') + GOT_WHOLE,
  ),
  broken(
    '9110 §8.6',
    'an interim response with a length, and a response that would be its body',
    head('HTTP/1.1 103 Early Hints', 'X-A: 1', `Content-Length: ${WHOLE.length}`) + WHOLE,
  ),
  broken(
    '9112 §6.1',
    'an interim response with chunked',
    head('HTTP/1.1 100 Continue', CHUNKED) + WHOLE,
  ),
  passed(
    '9110 §8.6',
    'an interim response with a length of zero',
    head('HTTP/1.1 103 Early Hints', 'X-A: 1', 'Content-Length: 0') + WHOLE,
    head('HTTP/1.1 103 Early Hints', 'X-A: 1') + GOT_WHOLE,
  ),
  passed(
    INTERIM,
    'ten interim responses',
    head('HTTP/1.1 102 Processing').repeat(10) + WHOLE,
    head('HTTP/1.1 102 Processing').repeat(10) + GOT_WHOLE,
  ),
  {
    ...broken(
      INTERIM,
      'eleven interim responses',
      head('HTTP/1.1 102 Processing').repeat(11) + WHOLE,
    ),
    answer: head('HTTP/1.1 102 Processing').repeat(10) + BAD_GATEWAY,
  },
  broken(
    INTERIM,
    'an interim response with a length and a body',
    `${head('HTTP/1.1 103 Early Hints', LENGTH)}hello${WHOLE}`,
  ),
  {
    ...broken(
      INTERIM,
      'an interim response with a body',
      `${head('HTTP/1.1 103 Early Hints')}hello${WHOLE}`,
    ),
    answer: head('HTTP/1.1 103 Early Hints') + BAD_GATEWAY,
  },
  broken(
    '9110 §15.2.2',
    '101 that was not asked for',
    `${head('HTTP/1.1 101 Switching Protocols', 'Connection: upgrade', 'Upgrade: x')}hello`,
  ),
  broken('9110 §15.2.2', '101 without Upgrade', head('HTTP/1.1 101 Switching Protocols') + WHOLE),
  {
    ...passed(
      INTERIM,
      'no interim response for a client of HTTP/1.0',
      head('HTTP/1.1 103 Early Hints') + WHOLE,
      GOT_WHOLE,
      HTTP10_KEPT,
    ),
  },

  // Bodies that end with the connection.
  untilClose('becomes chunked', head(OK), `${answer(OK, CHUNKED)}${HELLO}`),
  untilClose(
    'of HTTP/1.0 becomes chunked',
    head('HTTP/1.0 200 OK'),
    `${answer(OK, CHUNKED)}${HELLO}`,
  ),
  untilClose(
    'although it says keep-alive',
    head(OK, 'Connection: keep-alive'),
    `${answer(OK, CHUNKED)}${HELLO}`,
  ),
  {
    ...untilClose('stays so for HTTP/1.0', head(OK), `${head(OK, 'Connection: close')}hello`),
    request: HTTP10,
    client: 'closed',
  },
  {
    ...untilClose(
      'stays so for HTTP/1.0 with keep-alive',
      head(OK),
      `${head(OK, 'Connection: close')}hello`,
    ),
    request: HTTP10_KEPT,
    client: 'closed',
  },
  {
    ...passed(
      '9112 §7',
      'chunks go on until the close for HTTP/1.0',
      head(OK, CHUNKED) + HELLO,
      `${head(OK, 'Connection: close')}hello`,
      HTTP10_KEPT,
    ),
    client: 'closed',
  },
  {
    ...passed('9112 §9.3', 'a length for HTTP/1.0 with keep-alive', WHOLE, GOT_WHOLE, HTTP10_KEPT),
  },
  {
    ...brokenOff(
      '9112 §8',
      'a body until the close that is reset',
      `${head(OK)}hell`,
      `${answer(OK, CHUNKED)}4\r\nhell\r\n`,
    ),
    ends: 'reset',
  },
  {
    ...passed(
      '9112 §9.6',
      'Connection: close',
      `${head(OK, 'Connection: close', LENGTH)}hello`,
      GOT_WHOLE,
    ),
    isPooled: false,
  },
  {
    ...passed('9112 §9.3', 'HTTP/1.0', `${head('HTTP/1.0 200 OK', LENGTH)}hello`, GOT_WHOLE),
    isPooled: false,
  },

  // An answer before its question is complete.
  {
    ...passed(
      '9112 §7.5',
      'a final answer before the body of the request',
      `${head('HTTP/1.1 413 Content Too Large', LENGTH)}large`,
      `${head('HTTP/1.1 413 Content Too Large', LENGTH, 'Connection: close')}large`,
      'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1000\r\n\r\nbegun',
    ),
    client: 'closed',
    isPooled: false,
  },
  {
    ...passed(
      '9110 §10.1.1',
      'a final answer instead of 100 Continue',
      `${head('HTTP/1.1 403 Forbidden', LENGTH)}never`,
      `${head('HTTP/1.1 403 Forbidden', LENGTH, 'Connection: close')}never`,
      'POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\nContent-Length: 1000\r\n\r\n',
    ),
    client: 'closed',
    isPooled: false,
  },
]

/** A complete response, and bytes behind it that reach nobody. */
function behind(
  rfc: string,
  name: string,
  send: string,
  got: string,
  request?: string,
): ResponseCase {
  return { ...passed(rfc, name, send, got, request), isPooled: false }
}

/** A body whose end is that of the connection. */
function untilClose(name: string, responseHead: string, got: string): ResponseCase {
  const base = passed(FRAMING, `a body until the close ${name}`, `${responseHead}hello`, got)
  return { ...base, ends: 'fin', isPooled: false }
}
