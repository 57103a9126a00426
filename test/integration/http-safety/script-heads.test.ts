import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startSluice } from '../../support/sluice-process.ts'
import { temporaryScript } from '../../support/temporary-script.ts'
import { connectRaw } from '../support/byte-stream.ts'
import { readForwarded } from './forwarded.ts'
import { startRecordingUpstream } from './recording-upstream.ts'

/*
 * Whatever a script puts into a head, no line begins that the script did not write: it is an error
 * at that call, and the client gets 500. test/unit/filters/head-text.test.ts tries every place in a
 * head; here is every way in which a head comes to an encoder.
 */
const BAD = String.raw`'a\r\nSmuggled: yes'`
const REQUEST = `{ path: '/', headers: { host: 'a', 'x-a': ${BAD} } }`
const RESPONSE = `{ status: 200, headers: { 'x-a': ${BAD} } }`

/** Filters around `mux`, and the arguments of the encoders. */
interface Way {
  readonly name: string
  readonly before?: string
  readonly behind?: string
  readonly request?: string
  readonly response?: string
}

const REQUEST_WAYS: readonly Way[] = [
  { name: 'onMessageStart', before: `.onMessageStart(e => void (e.head.headers['x-a'] = ${BAD}))` },
  {
    name: 'a new object of headers',
    before: `.onMessageStart(e => void (e.head.headers = { 'x-a': ${BAD} }))`,
  },
  { name: 'a path', before: `.onMessageStart(e => void (e.head.path = '/' + ${BAD}))` },
  { name: 'a method', before: `.onMessageStart(e => void (e.head.method = ${BAD}))` },
  {
    name: 'replaceMessageStart',
    before: `.replaceMessageStart(() => new MessageStart(${REQUEST}))`,
  },
  { name: 'replaceMessage', before: `.replaceMessage(() => new Message(${REQUEST}, 'body'))` },
  { name: 'encodeHttpRequest(object)', request: REQUEST },
  { name: 'encodeHttpRequest(function)', request: `() => (${REQUEST})` },
]

const RESPONSE_WAYS: readonly Way[] = [
  { name: 'onMessageStart', behind: `.onMessageStart(e => void (e.head.headers['x-a'] = ${BAD}))` },
  { name: 'a status text', behind: `.onMessageStart(e => void (e.head.statusText = ${BAD}))` },
  {
    name: 'replaceMessageStart',
    behind: `.replaceMessageStart(() => new MessageStart(${RESPONSE}))`,
  },
  { name: 'replaceMessage', behind: `.replaceMessage(() => new Message(${RESPONSE}, 'body'))` },
  { name: 'encodeHttpResponse(object)', response: RESPONSE },
  { name: 'encodeHttpResponse(function)', response: `() => (${RESPONSE})` },
]

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

test('a line end in what a script makes of a head is answered 500 and goes nowhere', async (context) => {
  const upstream = await startRecordingUpstream(context)
  const ways = [...REQUEST_WAYS, ...RESPONSE_WAYS]
  const script = `pipy()${ways.map((way, index) => pipelines(way, index, upstream.address)).join('')}`
  const sluice = startSluice(context, [temporaryScript(context, script)])
  const ports = await sluice.ports(ways.length)
  const reports = (): number =>
    [...sluice.stdout.matchAll(/invalid (value|request|status)/g)].length
  for (const [index, way] of ways.entries()) {
    await context.test(way.name, async () => {
      upstream.take()
      const client = await connectRaw(context, ports[index] ?? 0)
      const answer = await client.write(GET).message()
      assert.equal(answer.status, 500)
      assert.doesNotMatch(answer.lines.join(), /smuggled/i)
      await sluice.until(() => reports() > index, 'report what is wrong')
      if (REQUEST_WAYS.includes(way)) assert.deepEqual(upstream.take(), [])
    })
  }
})

/** What a script does to the head of a request, and what is told of it. */
const AMBIGUOUS: readonly [change: string, told: string][] = [
  ["head.headers.host = ['a', 'b']", 'more than one Host: "Host: b"'],
  ["head.headers.host = 'a b/c@d'", 'invalid Host: "Host: a b/c@d"'],
  ["head.headers.host = 'a:99999'", 'invalid Host: "Host: a:99999"'],
  ["head.headers = { host: 'a/b' }", 'invalid Host: "Host: a/b"'],
  ["head.path = '/a#b'", 'invalid request target: "GET /a#b HTTP/1.1"'],
  ["head.path = '/\u00e4'", 'invalid request target: "GET /\u00e4 HTTP/1.1"'],
  ["head.path = 'foo'", 'invalid request target: "GET foo HTTP/1.1"'],
  ["head.path = '*'", 'invalid request target: "GET * HTTP/1.1"'],
  ["head.path = 'http://u@evil:99999/x'", 'invalid Host: "Host: u@evil:99999"'],
  ["head.path = 'http:///x'", 'no host: "http:///x"'],
  ["head.path = 'https://:80/x'", 'no host: "https://:80/x"'],
  ["head.path = 'ftp://a/x'", 'invalid request target: "GET ftp://a/x HTTP/1.1"'],
  ["head.method = 'CONNECT'", 'CONNECT is not supported: "CONNECT / HTTP/1.1"'],
  [
    "head.headers['Transfer_Encoding'] = 'chunked'",
    'header name resembles a framing field: "Transfer_Encoding: chunked"',
  ],
  [
    "head.headers['content_length'] = '5'",
    'header name resembles a framing field: "content_length: 5"',
  ],
  ["head.headers.expect = 'foo'", 'unknown expectation: "expect: foo"'],
  ["for (let i = 0; i < 150; i++) head.headers['x-' + i] = ''", 'too many header lines: "x-126: "'],
]

/** The same, and what goes on instead. */
const MENDED: readonly [change: string, forwarded: (to: string) => string][] = [
  ['delete head.headers.host', (to) => `GET / HTTP/1.1\r\nHost: ${to}\r\n\r\n`],
  ['head.headers = {}', (to) => `GET / HTTP/1.1\r\nHost: ${to}\r\n\r\n`],
  ['head.headers.host = undefined', (to) => `GET / HTTP/1.1\r\nHost: ${to}\r\n\r\n`],
  ["head.headers.host = ''", () => 'GET / HTTP/1.1\r\nHost: \r\n\r\n'],
  ["head.headers.HOST = '[::1]:8'", () => 'GET / HTTP/1.1\r\nHost: [::1]:8\r\n\r\n'],
  ["head.path = '/%C3%A4?b=[]'", () => 'GET /%C3%A4?b=[] HTTP/1.1\r\nHost: a\r\n\r\n'],
  ["head.path = 'http://b:8?x'", () => 'GET /?x HTTP/1.1\r\nHost: b:8\r\n\r\n'],
  ["head.method = 'OPTIONS', head.path = '*'", () => 'OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n'],
  ["head.method = 'purge'", () => 'purge / HTTP/1.1\r\nHost: a\r\n\r\n'],
]

test('a request that a script makes is judged as one that a client sends', async (context) => {
  const upstream = await startRecordingUpstream(context)
  const changes = [...AMBIGUOUS, ...MENDED].map(([change]) => change)
  const script = `((changes = [${changes.map((one) => `head => { ${one} }`).join(', ')}]) => pipy()
    .listen(0, { host: '127.0.0.1' })
    .decodeHttpRequest().demux('request').encodeHttpResponse()
    .pipeline('request')
    .onMessageStart(e => {
      const change = changes[e.head.path.slice(1)]
      e.head.path = '/'
      change(e.head)
    })
    .mux('upstream')
    .pipeline('upstream')
    .encodeHttpRequest().connect('${upstream.address}').decodeHttpResponse())()`
  const sluice = startSluice(context, [temporaryScript(context, script)])
  const [port = 0] = await sluice.ports()
  const ask = async (index: number): Promise<number> => {
    upstream.take()
    const client = await connectRaw(context, port)
    client.write(`GET /${index} HTTP/1.1\r\nHost: a\r\n\r\n`)
    return (await client.message()).status
  }
  const told = (): string[] => sluice.stdout.match(/invalid request .*/g) ?? []
  for (const [index, [change, expected]] of AMBIGUOUS.entries()) {
    await context.test(change, async () => {
      assert.equal(await ask(index), 500)
      await sluice.until(() => told().length > index, 'report what is wrong')
      assert.ok(told().at(-1)?.endsWith(expected), told().at(-1))
      assert.deepEqual(upstream.take(), [])
    })
  }
  for (const [index, [change, forwarded]] of MENDED.entries()) {
    await context.test(change, async () => {
      assert.equal(await ask(AMBIGUOUS.length + index), 200)
      assert.deepEqual(
        upstream.take().map(({ text }) => text),
        [forwarded(upstream.address)],
      )
    })
  }
  assert.equal(told().length, AMBIGUOUS.length)
})

/** Trailers that a script makes, what goes on of them, and what is told. */
const TRAILERS: readonly [made: string, forwarded: string, told: string][] = [
  [
    'X-A: 1\r\n\r\nGET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n',
    '',
    'expected field lines that end with CRLF',
  ],
  [
    'Content-Length: 5\r\nTransfer-Encoding: chunked\r\nHost: evil\r\n',
    '',
    'not allowed behind a body: Content-Length, Transfer-Encoding, Host',
  ],
  [
    'X-A: 1\r\nauthorization: x\r\nX-B: 2\r\nTransfer_Encoding: chunked\r\n',
    'X-A: 1\r\nX-B: 2\r\n',
    'not allowed behind a body: authorization, Transfer_Encoding',
  ],
  ['X-A: 1\r\nx-b:\r\n', 'X-A: 1\r\nx-b:\r\n', ''],
]

test('trailers that a script makes are judged as those of clients', async (context) => {
  const upstream = await startRecordingUpstream(context)
  const ways = TRAILERS.map(([made]) => ({
    name: '',
    before: `.replaceMessageEnd(() => new MessageEnd(${JSON.stringify(made)}))`,
  }))
  const script = `pipy()${ways.map((way, index) => pipelines(way, index, upstream.address)).join('')}`
  const sluice = startSluice(context, [temporaryScript(context, script)])
  const ports = await sluice.ports(ways.length)
  for (const [index, [made, forwarded, told]] of TRAILERS.entries()) {
    await context.test(JSON.stringify(made), async () => {
      upstream.take()
      const client = await connectRaw(context, ports[index] ?? 0)
      // Longer than what is held to tell a length: it goes out in chunks, which have trailers.
      client.write('POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n')
      client.write(`${(100_000).toString(16)}\r\n${'x'.repeat(100_000)}\r\n0\r\n\r\n`)
      assert.equal((await client.message()).status, 200)
      if (told !== '') await sluice.until(() => sluice.stdout.includes(`: ${told}\n`), 'report')
      const [request, ...others] = upstream.take().flatMap(({ text }) => readForwarded(text))
      assert.deepEqual(others, [])
      assert.equal(request?.body.length, 100_000)
      assert.equal(request?.trailers, forwarded)
    })
  }
  const reports = sluice.stdout.match(/invalid trailers/g) ?? []
  assert.equal(reports.length, TRAILERS.filter(([, , told]) => told !== '').length)
})

function pipelines(
  { before = '', behind = '', request = '', response = '' }: Way,
  index: number,
  to: string,
): string {
  return `
    .listen(0, { host: '127.0.0.1' })
    .decodeHttpRequest().demux('request${index}').encodeHttpResponse(${response})
    .pipeline('request${index}')${before}.mux('upstream${index}')${behind}
    .pipeline('upstream${index}').encodeHttpRequest(${request}).connect('${to}').decodeHttpResponse()`
}
