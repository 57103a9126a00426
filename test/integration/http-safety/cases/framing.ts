import { accepted, lastOne, post, type RequestCase, refused } from '../request-case.ts'

const HELLO = '5\r\nhello\r\n0\r\n\r\n'
const CHUNKED = 'Transfer-Encoding: chunked'
const LENGTH = '9112 §6.3'
const CODING = '9112 §6.1'

/** How long is the body? Whatever two readers could answer differently is refused. */
export const FRAMING_CASES: readonly RequestCase[] = [
  refused(
    LENGTH,
    'Content-Length, then Transfer-Encoding',
    post('Content-Length: 15', CHUNKED) + HELLO,
  ),
  refused(
    LENGTH,
    'Transfer-Encoding, then Content-Length',
    post(CHUNKED, 'Content-Length: 15') + HELLO,
  ),
  refused(
    LENGTH,
    'Content-Length of a chunked body that is 0',
    post(CHUNKED, 'Content-Length: 0') + HELLO,
  ),
  refused(
    LENGTH,
    'Content-Length twice, different',
    `${post('Content-Length: 5', 'Content-Length: 6')}hello!`,
  ),
  refused(
    LENGTH,
    'Content-Length twice, equal',
    `${post('Content-Length: 5', 'Content-Length: 5')}hello`,
  ),
  refused(
    LENGTH,
    'Content-Length twice, by other spellings',
    `${post('content-length: 5', 'CONTENT-LENGTH: 5')}hello`,
  ),
  ...[
    '1, 1',
    '1,1',
    '+1',
    '-1',
    '0x1',
    '1_0',
    '1 0',
    '1\t0',
    '',
    ' ',
    'one',
    '1.0',
    '1e1',
    '1;',
    '"1"',
    '\xb2',
    '9007199254740993',
    '18446744073709551617',
    '99999999999999999999999999',
  ].map((value) =>
    refused(LENGTH, `Content-Length: ${shownValue(value)}`, `${post(`Content-Length: ${value}`)}x`),
  ),
  accepted(
    '9110 §8.6',
    'Content-Length: 010',
    `${post('Content-Length: 010')}0123456789`,
    `${post('Content-Length: 10')}0123456789`,
  ),
  accepted(
    '9110 §8.6',
    'Content-Length with white space around',
    `${post('Content-Length: \t 5 ')}hello`,
    `${post('Content-Length: 5')}hello`,
  ),
  accepted(
    LENGTH,
    'GET with a body',
    'GET / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello',
  ),
  accepted(
    LENGTH,
    'GET with a chunked body',
    `GET / HTTP/1.1\r\nHost: a\r\n${CHUNKED}\r\n\r\n${HELLO}`,
  ),
  accepted(LENGTH, 'POST with neither', post(), post()),
  accepted(
    LENGTH,
    'a body that looks like a request',
    `${post('Content-Length: 27')}GET /x HTTP/1.1\r\nHost: a\r\n\r`,
  ),
  {
    ...accepted(
      LENGTH,
      'Content-Length: 0 and a request behind it',
      post('Content-Length: 0') + post('Content-Length: 0'),
    ),
    answers: [200, 200, 200],
  },
  {
    ...refused(
      LENGTH,
      'Content-Length: 0 and bytes behind it that are no request',
      `${post('Content-Length: 0')}hello\r\n\r\n`,
    ),
    answers: [200, 400],
    upstream: post('Content-Length: 0'),
  },
  {
    ...refused(
      LENGTH,
      'a body longer than its length',
      `${post('Content-Length: 3')}abc, and more\r\n\r\n`,
    ),
    answers: [200, 400],
    upstream: `${post('Content-Length: 3')}abc`,
  },
  accepted(
    '9112 §7',
    'chunked in capital letters',
    post('TRANSFER-ENCODING: CHUNKED') + HELLO,
    post(CHUNKED) + HELLO,
  ),
  accepted(
    '9112 §7',
    'chunked with spaces around',
    post('Transfer-Encoding:   chunked  ') + HELLO,
    post(CHUNKED) + HELLO,
  ),
  ...['xchunked', 'identity', 'gzip', 'chunke', 'chunkedx', 'gzip, chunked', 'deflate'].map(
    (value) =>
      refused(
        CODING,
        `Transfer-Encoding: ${value}`,
        post(`Transfer-Encoding: ${value}`) + HELLO,
        501,
      ),
  ),
  ...[
    'chunked, gzip',
    'chunked,gzip',
    ',chunked',
    'chunked,',
    'chunked, chunked',
    'chunked,chunked',
    '',
    'chunked;a=b',
    'gzip;q=1',
    '"chunked"',
    'chunked chunked',
    'gzip, deflate',
    '\tchunked',
    'chunked\t',
    '\x0bchunked',
    'chunked\x0b',
    '\x0cchunked',
    'chunked\x0c',
    '\x00chunked',
    'chunked\x00',
    'chun\x00ked',
    '\xa0chunked',
    'chunked\x85',
    'gzip, chunked, chunked',
  ].map((value) =>
    refused(
      CODING,
      `Transfer-Encoding: ${shownValue(value)}`,
      post(`Transfer-Encoding: ${value}`) + HELLO,
    ),
  ),
  refused(CODING, 'Transfer-Encoding twice, equal', post(CHUNKED, CHUNKED) + HELLO),
  refused(
    CODING,
    'Transfer-Encoding twice, the second unknown',
    post(CHUNKED, 'Transfer-Encoding: identity') + HELLO,
  ),
  refused(
    CODING,
    'Transfer-Encoding twice, the first empty',
    post('Transfer-Encoding:', CHUNKED) + HELLO,
  ),
  refused(
    CODING,
    'Transfer-Encoding on HTTP/1.0',
    `POST / HTTP/1.0\r\nHost: a\r\n${CHUNKED}\r\n\r\n${HELLO}`,
  ),
  refused(
    CODING,
    'Transfer-Encoding on HTTP/1.0 with keep-alive',
    `POST / HTTP/1.0\r\nHost: a\r\nConnection: keep-alive\r\n${CHUNKED}\r\n\r\n${HELLO}`,
  ),
  ...[
    'Content_Length: 5',
    'content_length: 5',
    'CONTENT_LENGTH: 5',
    'Transfer_Encoding: chunked',
    'transfer_ENCODING: chunked',
  ].map((line) => refused('9110 §5.1', line, post(line) + HELLO)),
  lastOne(
    '9112 §6.3',
    'HTTP/1.0 with a length',
    'POST / HTTP/1.0\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello',
    `${post('Content-Length: 5')}hello`,
  ),
]

function shownValue(value: string): string {
  return JSON.stringify(value)
}
