import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connectRaw } from './support/byte-stream.ts'
import { answering, response, startRawServer } from './support/raw-server.ts'
import { startLb } from './support/start-lb.ts'

const CHUNKED = 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n'

/** Requests of which nothing may be forwarded, and what answers them. */
const REFUSED: readonly [what: string, request: string, status: number][] = [
  ['rubbish', 'RUBBISH\r\n\r\n', 400],
  ['no Host', 'GET / HTTP/1.1\r\n\r\n', 400],
  ['two Hosts', 'GET / HTTP/1.1\r\nHost: a\r\nHost: a\r\n\r\n', 400],
  ['a folded line', 'GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n', 400],
  ['a space before the colon', 'GET / HTTP/1.1\r\nHost: a\r\nX : 1\r\n\r\n', 400],
  ['a bare line feed', 'GET / HTTP/1.1\nHost: a\n\n', 400],
  ['NUL in a value', 'GET / HTTP/1.1\r\nHost: a\r\nX: \0\r\n\r\n', 400],
  [
    'two ways of framing',
    'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
    400,
  ],
  ['a signed length', 'POST / HTTP/1.1\r\nHost: a\r\nContent-Length: +1\r\n\r\nx', 400],
  ['chunks from HTTP/1.0', 'POST / HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 400],
  ['an unknown coding', 'POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip\r\n\r\n', 501],
  ['another major version', 'GET / HTTP/3.0\r\nHost: a\r\n\r\n', 505],
  ['an unknown expectation', 'GET / HTTP/1.1\r\nHost: a\r\nExpect: wonders\r\n\r\n', 417],
  ['CONNECT', 'CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n', 405],
]

for (const [what, request, status] of REFUSED) {
  test(`${what} is answered ${status}, and nothing reaches the upstream`, async (context) => {
    const upstream = await startRawServer(
      context,
      answering(() => response('ok')),
    )
    const { port } = await startLb(context, [upstream])
    const client = await connectRaw(context, port)
    client.write(`${request}GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n`)
    const answer = await client.message()
    assert.equal(answer.status, status)
    assert.equal(answer.field('connection'), 'close')
    assert.equal(await client.rest(), '')
    assert.equal(upstream.accepted, 0)
  })
}

for (const [what, chunk] of [
  ['no size', '\r\n'],
  ['a size with a sign', '+1\r\nx\r\n0\r\n\r\n'],
  ['an overlong size', '00000000000001\r\nx\r\n0\r\n\r\n'],
  ['bytes behind its data', '1\r\nxy\r\n0\r\n\r\n'],
  ['a bare line feed', '1\nx\r\n0\r\n\r\n'],
] as const) {
  test(`a chunk with ${what}: 400, and the upstream request is aborted`, async (context) => {
    const upstream = await startRawServer(context)
    const { port } = await startLb(context, [upstream])
    const client = await connectRaw(context, port)
    client.write(`${CHUNKED}4\r\nfine\r\n`)
    const connection = await upstream.connection()
    await connection.through('fine\r\n')
    client.write(`${chunk}GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n`)
    assert.equal((await client.message()).status, 400)
    assert.equal(await client.rest(), '')
    await connection.over()
    assert.doesNotMatch(connection.untaken, /0\r\n\r\n|smuggled/)
    assert.equal(upstream.accepted, 1)
  })
}

test('odd requests that are fine', async (context) => {
  const upstream = await startRawServer(
    context,
    answering((line) => response(line)),
  )
  const { port } = await startLb(context, [upstream])
  const client = await connectRaw(context, port)
  for (const [request, line] of [
    ['\r\nGET /a HTTP/1.1\r\nHost: a\r\n\r\n', 'GET /a HTTP/1.1'],
    ['OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n', 'OPTIONS * HTTP/1.1'],
    ['GET http://b/c?d HTTP/1.1\r\nHost: a\r\n\r\n', 'GET /c?d HTTP/1.1'],
    ['X-ODD~1 /e HTTP/1.1\r\nHost: a\r\n\r\n', 'X-ODD~1 /e HTTP/1.1'],
    ['GET /f HTTP/1.2\r\nHost: a\r\n\r\n', 'GET /f HTTP/1.1'],
    ['GET /g HTTP/1.1\r\nHost: a\r\nContent-Length: 003\r\n\r\nabc', 'GET /g HTTP/1.1'],
  ] as const) {
    assert.equal((await client.write(request).message()).body, line)
  }
})
