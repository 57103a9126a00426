import { accepted, cutOff, get, post, type RequestCase, refused, shown } from '../request-case.ts'

const HEAD = post('Transfer-Encoding: chunked')
/** What may have gone out before the rest was seen to be broken. */
const BEGUN = `${HEAD}4\r\nfine\r\n`
const WHOLE = `${HEAD}5\r\nhello\r\n0\r\n\r\n`

const SIZE = '9112 §7.1'
const EXTENSION = '9112 §7.1.1'
const TRAILER = '9110 §6.5.1'

/** Fields that must not take effect behind a body, or could be taken for those of the head. */
const FORBIDDEN_TRAILERS = [
  'Content-Length',
  'Transfer-Encoding',
  'Host',
  'Connection',
  'Keep-Alive',
  'Proxy-Connection',
  'TE',
  'Trailer',
  'Upgrade',
  'Via',
  'Forwarded',
  'X-Real-IP',
  'X-Forwarded-For',
  'X-Forwarded-Host',
  'X-Forwarded-Proto',
  'X-Forwarded-Port',
  'X-Original-URL',
  'X-Rewrite-URL',
  'X-HTTP-Method-Override',
  'Max-Forwards',
  'Authorization',
  'authorization',
  'Proxy-Authorization',
  'Cookie',
  'Expect',
  'Cache-Control',
  'Range',
  'If-Match',
  'If-None-Match',
  'Content-Encoding',
  'Content-Type',
  'Content-Range',
  'Content_Length',
  'Transfer_Encoding',
]

/** Chunks, their extensions, and what follows them. */
export const CHUNK_CASES: readonly RequestCase[] = [
  ...[
    '0x4',
    '+4',
    '-4',
    '4_0',
    ' 4',
    '\t4',
    '',
    'g',
    '4 ',
    '4\t',
    '4 4',
    '4,4',
    '4\x00',
    '\x004',
    '4\x0b',
    '00000000000004',
    'fffffffffffffffff4',
    '10000000000000004',
    '4\r',
    '4.',
    '"4"',
  ].map((size) =>
    broken(SIZE, `chunk size ${JSON.stringify(size)}`, `${size}\r\nmore\r\n0\r\n\r\n`),
  ),
  broken(SIZE, 'no size at all before the data', 'more\r\n0\r\n\r\n'),
  broken(SIZE, 'a bare LF behind the size', '4\nmore\r\n0\r\n\r\n'),
  broken(SIZE, 'a bare CR behind the size', '4\rmore\r\n0\r\n\r\n'),
  broken(EXTENSION, 'a bare LF in an extension', '4;a\nb\r\nmore\r\n0\r\n\r\n'),
  cutOff(
    SIZE,
    'a bare LF behind the data',
    `${BEGUN}4\r\nmore\n0\r\n\r\n`,
    `${HEAD}8\r\nfinemore\r\n`,
  ),
  cutOff(
    SIZE,
    'no line end behind the data',
    `${BEGUN}4\r\nmore0\r\n\r\n`,
    `${HEAD}8\r\nfinemore\r\n`,
  ),
  cutOff(
    SIZE,
    'a bare CR behind the data',
    `${BEGUN}4\r\nmore\r0\r\n\r\n`,
    `${HEAD}8\r\nfinemore\r\n`,
  ),
  cutOff(
    SIZE,
    'data longer than its size',
    `${BEGUN}4\r\nmoreover\r\n0\r\n\r\n`,
    `${HEAD}8\r\nfinemore\r\n`,
  ),
  cutOff(
    SIZE,
    'data shorter than its size',
    `${BEGUN}6\r\nmore\r\n0\r\n\r\n`,
    `${HEAD}a\r\nfinemore\r\n\r\n`,
  ),
  broken(SIZE, 'a last chunk with a bare LF', '0\n\r\n'),
  broken(SIZE, 'a last chunk without an empty line', `0\r\n${get()}`),
  accepted(
    SIZE,
    'sizes in capital letters and with zeros in front',
    `${HEAD}A\r\n0123456789\r\n0000000000001\r\nx\r\n000\r\n\r\n`,
    `${HEAD}b\r\n0123456789x\r\n0\r\n\r\n`,
  ),
  accepted(SIZE, 'a body of no chunk', `${HEAD}0\r\n\r\n`),

  ...[
    ';a',
    ';a=b',
    ';a="b c"',
    ';a="b\\"c"',
    ' ; a = b ; c',
    ';a=""',
    ';a="\t\x80"',
    `;a=${'b'.repeat(1000)}`,
  ].map((extension) =>
    accepted(
      EXTENSION,
      `extension ${shown(extension.slice(0, 20))}, which is left out`,
      `${HEAD}5${extension}\r\nhello\r\n0${extension}\r\n\r\n`,
      WHOLE,
    ),
  ),
  ...[
    ';',
    ';a\x00',
    ';a=\x01',
    ';a="b',
    ';a="b\x00"',
    ';a="b\\\x00"',
    ';a=',
    ';=b',
    ';a=b"c',
    ';a="b"c',
    ';a ',
    ';a=b ',
    ';;a',
    ';(a)',
    ';a b',
    ' a',
    ';a\rb',
    `;a=${'b'.repeat(1100)}`,
    `;a="${'b'.repeat(1100)}"`,
    ';a'.repeat(600),
    ' '.repeat(1100),
  ].map((extension) =>
    broken(
      EXTENSION,
      `extension ${shown(extension.slice(0, 20))} of ${extension.length} bytes`,
      `4${extension}\r\nmore\r\n0\r\n\r\n`,
    ),
  ),

  accepted(TRAILER, 'a trailer', `${HEAD}5\r\nhello\r\n0\r\nX-Sum: 1\r\nx-Other:2\r\n\r\n`),
  ...FORBIDDEN_TRAILERS.map((name) =>
    accepted(
      TRAILER,
      `${name} in the trailers is left out`,
      `${HEAD}5\r\nhello\r\n0\r\nX-A: 1\r\n${name}: 5\r\nX-B: 2\r\n\r\n`,
      `${HEAD}5\r\nhello\r\n0\r\nX-A: 1\r\nX-B: 2\r\n\r\n`,
    ),
  ),
  accepted(
    '9110 §7.6.1',
    'a trailer that Connection names is left out',
    `${post('Connection: X-A', 'Transfer-Encoding: chunked')}5\r\nhello\r\n0\r\nX-A: 1\r\nX-B: 2\r\n\r\n`,
    `${HEAD}5\r\nhello\r\n0\r\nX-B: 2\r\n\r\n`,
  ),
  ...[
    'X-A',
    'X-A : 1',
    ': 1',
    ' X-A: 1',
    'X-A: 1\r\n 2',
    'X-A: \x00',
    'X(A: 1',
    'X-A: 1\nX-B: 2',
    'X-A: 1\rX-B: 2',
  ].map((line) => broken(TRAILER, `trailer ${shown(line)}`, `0\r\n${line}\r\n\r\n`)),
  cutOff(
    TRAILER,
    'trailers over the limit',
    `${BEGUN}0\r\n${`X-A: ${'a'.repeat(1000)}\r\n`.repeat(9)}\r\n`,
    BEGUN,
    431,
  ),
  {
    ...refused(
      SIZE,
      'chunks that the head has not announced',
      `${post('Content-Length: 0')}4\r\nmore\r\n0\r\n\r\n`,
    ),
    answers: [200, 400],
    upstream: post('Content-Length: 0'),
  },
]

/** A body whose second chunk is broken before its data. */
function broken(rfc: string, name: string, rest: string): RequestCase {
  return cutOff(rfc, name, BEGUN + rest, BEGUN)
}
