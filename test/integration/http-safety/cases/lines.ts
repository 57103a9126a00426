import { accepted, get, head, post, type RequestCase, refused, shown } from '../request-case.ts'

/** Control bytes; a tab is white space in a value. */
const CONTROLS = [...Array.from({ length: 32 }, (_, code) => String.fromCharCode(code)), '\x7f']
const NO_TOKENS = ['"', '(', ')', ',', '/', ';', '<', '=', '>', '?', '@', '[', '\\', ']', '{', '}']
const IN_VALUE = CONTROLS.filter((byte) => byte !== '\t' && byte !== '\n')
const IN_NAME = [...CONTROLS.filter((byte) => byte !== '\n'), ...NO_TOKENS, '\x80', '\xff']

const LF = '9112 §2.2'

/** Lines, their ends, and the bytes in them. */
export const LINE_CASES: readonly RequestCase[] = [
  refused('9112 §5.1', 'a space before the colon', get('X-A : 1')),
  refused('9112 §5.1', 'a tab before the colon', get('X-A\t: 1')),
  refused(
    '9112 §5.1',
    'a space before the colon of Content-Length',
    `${post('Content-Length : 5')}hello`,
  ),
  refused(
    '9112 §5.1',
    'a space before the colon of Transfer-Encoding',
    `${post('Transfer-Encoding : chunked')}0\r\n\r\n`,
  ),
  refused('9112 §5.2', 'a folded line, with a space', get('X-A: 1', ' 2')),
  refused('9112 §5.2', 'a folded line, with a tab', get('X-A: 1', '\t2')),
  refused(
    '9112 §5.2',
    'a folded Transfer-Encoding',
    `${post('Transfer-Encoding:', ' chunked')}0\r\n\r\n`,
  ),
  refused('9112 §5.2', 'a line of a space only', get('X-A: 1', ' ')),
  refused('9112 §2.2', 'a space before the first header line', head('GET / HTTP/1.1', ' Host: a')),
  refused('9112 §2.2', 'a tab before the first header line', head('GET / HTTP/1.1', '\tHost: a')),
  refused(
    '9112 §2.2',
    'a line of white space before the first header line',
    head('GET / HTTP/1.1', ' \t', 'Host: a'),
  ),
  refused('9112 §5', 'a header line without colon', get('X-A')),
  refused(
    '9112 §5',
    'a header line without colon before the Host',
    head('GET / HTTP/1.1', 'X-A', 'Host: a'),
  ),
  refused('9112 §5', 'an empty name', get(': 1')),
  refused('9112 §5', 'only a colon', get(':')),
  ...IN_NAME.map((byte) => refused('9110 §5.1', `${shown(byte)} in a name`, get(`X${byte}A: 1`))),
  ...IN_VALUE.map((byte) =>
    refused('9110 §5.5', `${shown(byte)} in a value`, get(`X-A: 1${byte}2`)),
  ),
  ...IN_VALUE.map((byte) =>
    refused('9110 §5.5', `${shown(byte)} at the end of a value`, get(`X-A: 1${byte}`)),
  ),
  accepted('9110 §5.5', 'a tab and bytes beyond ASCII in a value', get('X-A: 1\t2\x80\xff')),
  accepted('9110 §5.6.2', 'every character of a token in a name', get("!#$%&'*+-.^_`|~09azAZ: 1")),
  accepted(
    '9110 §5.3',
    'names, values, order and number of lines stay',
    get('x-B:2', 'X-a: 1 ', 'X-B:', 'x-b:  3'),
  ),
  accepted('9110 §5.1', 'another name with an underscore', get('X_Content_Length: 1')),

  refused(LF, 'a bare LF behind the request line', 'GET / HTTP/1.1\nHost: a\r\n\r\n'),
  refused(LF, 'a bare LF behind a header line', 'GET / HTTP/1.1\r\nHost: a\nX-A: 1\r\n\r\n'),
  refused(LF, 'a bare LF behind the last header line', 'GET / HTTP/1.1\r\nHost: a\n\r\n'),
  refused(LF, 'a bare LF as the empty line', 'GET / HTTP/1.1\r\nHost: a\r\n\n'),
  refused(LF, 'bare LFs only', 'GET / HTTP/1.1\nHost: a\n\n'),
  refused(LF, 'a bare LF in a value', get('X-A: 1\n2')),
  refused(LF, 'a bare LF in a name', get('X\nA: 1')),
  refused(LF, 'CR CR LF', 'GET / HTTP/1.1\r\nHost: a\r\r\n\r\n'),
  refused(LF, 'LF CR', 'GET / HTTP/1.1\r\nHost: a\n\r\r\n\r\n'),
  refused(LF, 'a bare CR behind the request line', 'GET / HTTP/1.1\rHost: a\r\n\r\n'),

  accepted(LF, 'one empty line before the request', `\r\n${get()}`, get()),
  accepted(LF, 'two empty lines before the request', `\r\n\r\n${get()}`, get()),
  refused(LF, 'three empty lines before the request', `\r\n\r\n\r\n${get()}`),
  refused(LF, 'a bare LF before the request', `\n${get()}`),
  refused(LF, 'a bare CR before the request', `\r${get()}`),
  refused(LF, 'a space before the request', ` ${get()}`),
  {
    ...accepted(LF, 'two empty lines between requests', `${get()}\r\n\r\n${get()}`, get() + get()),
    answers: [200, 200, 200],
  },

  ...[
    lenient('a bare LF behind the request line', 'GET / HTTP/1.1\nHost: a\r\n\r\n', get()),
    lenient(
      'a bare LF behind a header line',
      'GET / HTTP/1.1\r\nHost: a\nX-A: 1\r\n\r\n',
      get('X-A: 1'),
    ),
    lenient('a bare LF as the empty line', 'GET / HTTP/1.1\r\nHost: a\r\n\n', get()),
    lenient('bare LFs only', 'GET / HTTP/1.1\nHost: a\nX-A: 1\n\n', get('X-A: 1')),
    lenient('CRLFs only', get('X-A: 1'), get('X-A: 1')),
    lenient('a bare LF before the request', `\n${get()}`, get()),
    lenient(
      'bare LFs around trailers',
      `${post('Transfer-Encoding: chunked')}5\r\nhello\r\n0\r\nX-A: 1\n\n`,
      `${post('Transfer-Encoding: chunked')}5\r\nhello\r\n0\r\nX-A: 1\r\n\r\n`,
    ),
  ],
  {
    ...refused(LF, 'lenient: a bare CR is refused all the same', get('X-A: 1\r2')),
    isLenient: true,
  },
  {
    ...refused(
      LF,
      'lenient: CR CR LF is refused all the same',
      'GET / HTTP/1.1\r\r\nHost: a\r\n\r\n',
    ),
    isLenient: true,
  },
  {
    ...refused(LF, 'lenient: a line after a bare LF that is no field', get('X-A: 1\nSmuggled')),
    isLenient: true,
  },
]

function lenient(name: string, send: string, upstream: string): RequestCase {
  return { ...accepted(LF, `lenient: ${name}`, send, upstream), isLenient: true }
}
