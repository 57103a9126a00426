import { accepted, get, head, lastOne, post, type RequestCase, refused } from '../request-case.ts'

const HOP = '9110 §7.6.1'
const EXPECT = '9110 §10.1.1'

/** What belongs to one connection, and how long that stays open. */
export const CONNECTION_CASES: readonly RequestCase[] = [
  accepted(
    HOP,
    'a field that Connection names',
    get('X-Foo: 1', 'Connection: X-Foo', 'X-Bar: 2'),
    get('X-Bar: 2'),
  ),
  accepted(
    HOP,
    'fields that Connection names, spelled otherwise',
    get('Connection: x-foo ,, X-BAR,keep-alive', 'X-Foo: 1', 'x-bar: 2', 'X-Foo: 3'),
    get(),
  ),
  accepted(
    HOP,
    'fields named by a second Connection',
    get('Connection: X-Foo', 'X-Foo: 1', 'Connection: X-Bar', 'X-Bar: 2'),
    get(),
  ),
  ...[
    'Keep-Alive: timeout=5',
    'Proxy-Connection: keep-alive',
    'TE: trailers',
    'Upgrade: websocket',
    'Proxy-Authorization: Basic eDp5',
    'Connection:',
  ].map((line) => accepted(HOP, `${line} stays on its hop`, get(line, 'X-A: 1'), get('X-A: 1'))),
  ...[
    'Host',
    'host',
    'Content-Length',
    'content-length',
    'Transfer-Encoding',
    'close, Host',
    'keep-alive,TRANSFER-ENCODING',
  ].map((options) =>
    refused(
      HOP,
      `Connection: ${options}`,
      `${post(`Connection: ${options}`, 'Content-Length: 5')}hello`,
    ),
  ),
  ...['a b', '"close"', 'a;b', 'close;', '(a)', 'a=b', '\x80'].map((options) =>
    refused(HOP, `Connection: ${JSON.stringify(options)}`, get(`Connection: ${options}`)),
  ),
  refused(HOP, 'Connection with 1,000 options', get(`Connection: ${'a,'.repeat(1000)}b`)),
  lastOne('9112 §9.6', 'Connection: close', get('Connection: close'), get()),
  lastOne('9112 §9.6', 'Connection: Close, in a list', get('Connection: x, Close'), get()),
  lastOne(
    '9112 §9.6',
    'Connection: close and keep-alive',
    get('Connection: keep-alive, close'),
    get(),
  ),
  lastOne(
    '9112 §9.6',
    'Connection: close with a body',
    `${post('Connection: close', 'Content-Length: 5')}hello`,
    `${post('Content-Length: 5')}hello`,
  ),

  accepted(
    EXPECT,
    'Expect: 100-continue',
    `${post('Expect: 100-continue', 'Content-Length: 5')}hello`,
  ),
  accepted(
    EXPECT,
    'Expect: 100-Continue, in capitals',
    `${post('EXPECT: 100-Continue', 'Content-Length: 5')}hello`,
  ),
  lastOne(
    EXPECT,
    'Expect: 100-continue on HTTP/1.0',
    `${head('POST / HTTP/1.0', 'Host: a', 'Expect: 100-continue', 'Content-Length: 5')}hello`,
    `${post('Content-Length: 5')}hello`,
  ),
  ...[
    '200-ok',
    '100-continue, x',
    '100-continue;a=b',
    '',
    '"100-continue"',
    '100 continue',
    'x',
  ].map((value) =>
    refused(
      EXPECT,
      `Expect: ${JSON.stringify(value)}`,
      `${post(`Expect: ${value}`, 'Content-Length: 5')}hello`,
      417,
    ),
  ),
  refused(
    EXPECT,
    'Expect twice, the second unknown',
    `${post('Expect: 100-continue', 'Expect: x', 'Content-Length: 5')}hello`,
    417,
  ),

  {
    ...accepted(
      '9112 §9.3.2',
      'two requests in one packet, and a part of a third',
      `${get('X-N: 1')}${get('X-N: 2')}GET /next HTTP/1.1\r\nHo`,
    ),
    follow: 'st: next\r\n\r\n',
    answers: [200, 200, 200],
    upstream: get('X-N: 1') + get('X-N: 2') + head('GET /next HTTP/1.1', 'Host: next'),
  },
  {
    ...refused('9112 §9.3.2', 'a good request, then a bad one', get('X-N: 1') + get('X-N : 2')),
    answers: [200, 400],
    upstream: get('X-N: 1'),
  },
  {
    ...accepted(
      '9112 §9.3.2',
      'bodies in one packet',
      `${post('Content-Length: 3')}abc${post('Transfer-Encoding: chunked')}3\r\ndef\r\n0\r\n\r\n`,
    ),
    answers: [200, 200, 200],
  },
]
