/** Random event sequences: what goes into a session, and what happens around it in between. */
import fc from 'fast-check'
import type { SessionErrorCode } from '../../../src/engine/errors.ts'

export type Step =
  | { readonly do: 'start'; readonly head: unknown }
  /** `isBorrowed`: bytes of the slab, as if they had just been received. */
  | { readonly do: 'data'; readonly bytes: string; readonly isBorrowed: boolean }
  | { readonly do: 'end' }
  | { readonly do: 'session end'; readonly error: SessionErrorCode | '' }
  /** The batch ends. */
  | { readonly do: 'settle' }
  /** Whoever takes the output is full, or has room again. */
  | { readonly do: 'pause' }
  | { readonly do: 'resume' }
  /** A valve somewhere in the chain lets something through, or holds its source up. */
  | { readonly do: 'valve'; readonly turn: number }

const CRLF = '\r\n'
const DUBBO_CALL = '\xda\xbb\xc2\x00\0\0\0\0\0\0\0\x01\0\0\0\x02"x'
const DUBBO_ANSWER = '\xda\xbb\x02\x14\0\0\0\0\0\0\0\x01\0\0\0\x01N'
const DUBBO_HEARTBEAT = '\xda\xbb\xe2\x00\0\0\0\0\0\0\0\x02\0\0\0\x01N'

/** Whole messages of every protocol; pieces of them make sense to a decoder now and then. */
const WIRE = [
  `GET /a HTTP/1.1${CRLF}Host: a${CRLF}${CRLF}`,
  `HEAD /a HTTP/1.1${CRLF}Host: a${CRLF}${CRLF}`,
  `GET /a HTTP/1.0${CRLF}${CRLF}`,
  `POST /b HTTP/1.1${CRLF}Host: a${CRLF}Content-Length: 3${CRLF}${CRLF}abc`,
  `POST /c HTTP/1.1${CRLF}Host: a${CRLF}Transfer-Encoding: chunked${CRLF}${CRLF}3${CRLF}abc${CRLF}0${CRLF}${CRLF}`,
  `PUT /d HTTP/1.1${CRLF}Host: a${CRLF}Expect: 100-continue${CRLF}Content-Length: 1${CRLF}${CRLF}x`,
  `GET /e HTTP/1.1${CRLF}Host: a${CRLF}Connection: close${CRLF}${CRLF}`,
  `HTTP/1.1 200 OK${CRLF}Content-Length: 2${CRLF}${CRLF}ok`,
  `HTTP/1.1 200 OK${CRLF}Transfer-Encoding: chunked${CRLF}${CRLF}2${CRLF}ok${CRLF}0${CRLF}${CRLF}`,
  `HTTP/1.1 103 Early Hints${CRLF}Link: </x>${CRLF}${CRLF}HTTP/1.1 204 No Content${CRLF}${CRLF}`,
  `HTTP/1.1 200 OK${CRLF}${CRLF}until the close`,
  DUBBO_CALL,
  DUBBO_ANSWER,
  DUBBO_HEARTBEAT,
  'GET / HTTP/1.1\nHost: a\n\n',
  'rubbish',
]

const bytes = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom(...WIRE) },
  {
    weight: 2,
    arbitrary: fc
      .tuple(fc.constantFrom(...WIRE), fc.nat(120), fc.nat(120))
      .map(([text, from, to]) => text.slice(Math.min(from, to), Math.max(from, to))),
  },
  { weight: 1, arbitrary: fc.constantFrom('', '\0', 'x'.repeat(1000), 'y'.repeat(70_000)) },
)
const data = fc.record({ do: fc.constant<'data'>('data'), bytes, isBorrowed: fc.boolean() })

const TIDY_HEADS = [
  null,
  {},
  { method: 'GET', path: '/x', headers: { host: 'a' } },
  { method: 'HEAD', path: '/x', headers: {} },
  { method: 'POST', path: '/x', protocol: 'HTTP/1.0', headers: { 'x-a': 'b' } },
  { status: 200, statusText: 'OK', headers: {} },
  { method: 'GET', path: '/x', headers: { 'Accept-Encoding': 'br, gzip;q=0.5' } },
  { status: 200, headers: { 'content-type': 'text/plain', etag: '"e"' } },
  { status: 204, headers: {} },
  { status: 304, headers: { etag: '"e"' } },
  { id: '1', isRequest: true, isTwoWay: true, isEvent: false },
  { id: '1', isRequest: false, status: 20 },
]
const ODD_HEADS = [
  { headers: null },
  { headers: 5, status: 'x', method: 1, path: {} },
  { status: 99, headers: { 'bad name': 'x' } },
  { status: 200, headers: { a: 'b\r\nc: d' } },
  { method: 'G ET', path: '/a b', headers: { host: 'a' } },
  { id: 'not a number', isRequest: 'yes', status: 1e9 },
  { headers: { 'content-length': '5', 'transfer-encoding': 'gzip', connection: 'close' } },
]

/** What happens around the session. */
const around: fc.Arbitrary<Step> = fc.oneof(
  { weight: 4, arbitrary: fc.constant<Step>({ do: 'settle' }) },
  { weight: 1, arbitrary: fc.constant<Step>({ do: 'pause' }) },
  { weight: 2, arbitrary: fc.constant<Step>({ do: 'resume' }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant<'valve'>('valve'), turn: fc.nat(7) }),
  },
)

const start = (heads: readonly unknown[]): fc.Arbitrary<Step> =>
  fc.record({ do: fc.constant<'start'>('start'), head: fc.constantFrom(...heads) })
const END: Step = { do: 'end' }
const sessionEnd = (...errors: (SessionErrorCode | '')[]): fc.Arbitrary<Step> =>
  fc.record({ do: fc.constant<'session end'>('session end'), error: fc.constantFrom(...errors) })

/** `session = (message | Data)* SessionEnd?`, the grammar that every source keeps to. */
const tidySteps: fc.Arbitrary<Step[]> = fc
  .tuple(
    fc.array(
      fc.oneof(
        {
          weight: 3,
          arbitrary: fc
            .tuple(start(TIDY_HEADS), fc.array(fc.oneof(data, around), { maxLength: 4 }))
            .map(([first, body]): Step[] => [first, ...body, END]),
        },
        { weight: 2, arbitrary: data.map((one): Step[] => [one]) },
        { weight: 2, arbitrary: around.map((one): Step[] => [one]) },
      ),
      { maxLength: 10 },
    ),
    fc.option(sessionEnd('', 'ReadError', 'ConnectionRefused'), { nil: null }),
    fc.array(around, { maxLength: 4 }),
  )
  .map(([groups, end, rest]) => [...groups.flat(), ...(end === null ? [] : [end]), ...rest])

/** Anything in any order, but nothing after `SessionEnd`. */
const wildSteps: fc.Arbitrary<Step[]> = fc
  .tuple(
    fc.array(
      fc.oneof(
        { weight: 3, arbitrary: start([...TIDY_HEADS, ...ODD_HEADS]) },
        { weight: 4, arbitrary: data },
        { weight: 3, arbitrary: fc.constant(END) },
        { weight: 4, arbitrary: around },
      ),
      { maxLength: 25 },
    ),
    fc.option(sessionEnd('', 'ReadError', 'RuntimeError', 'ProtocolError'), { nil: null }),
    fc.array(around, { maxLength: 4 }),
  )
  .map(([steps, end, rest]) => [...steps, ...(end === null ? [] : [end]), ...rest])

/** Steps for one session. */
export function stepsOf(isTidy: boolean): fc.Arbitrary<Step[]> {
  return isTidy ? tidySteps : wildSteps
}
