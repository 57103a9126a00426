import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { connectRaw } from '../support/byte-stream.ts'
import type { HttpMessage } from '../support/http-message.ts'
import { startRawServer } from '../support/raw-server.ts'
import { startScript } from '../support/start-script.ts'

const REQUEST_LINES = ['hOsT: a', 'X-Two: 1', 'Cookie: a', 'x-TWO: 2', 'X-Gone: 1', 'cookie: b']
const RESPONSE_LINES = ['Set-Cookie: a=1', 'x-B: 1', 'set-cookie: b=2', 'X-Gone: 1', 'ETag: "x"']

/** Passes one exchange through a proxy whose script runs two callbacks on the heads. */
async function pass(
  context: TestContext,
  onRequest: string,
  onResponse: string,
): Promise<{ request: HttpMessage; answer: HttpMessage }> {
  const upstream = await startRawServer(context)
  const { port } = await startScript(
    context,
    `pipy()
      .listen(0, { host: '127.0.0.1' })
      .decodeHttpRequest().demux('request').encodeHttpResponse()
      .pipeline('request')
      .onMessageStart(${onRequest})
      .mux('upstream')
      .onMessageStart(${onResponse})
      .pipeline('upstream')
      .encodeHttpRequest().connect('${upstream.address}').decodeHttpResponse()`,
  )
  const client = await connectRaw(context, port)
  client.write(`POST /p HTTP/1.1\r\n${REQUEST_LINES.join('\r\n')}\r\nContent-Length: 2\r\n\r\nhi`)
  const connection = await upstream.connection()
  const request = await connection.message()
  connection.write(
    `HTTP/1.1 200 Fine\r\n${RESPONSE_LINES.join('\r\n')}\r\nContent-Length: 2\r\n\r\nho`,
  )
  const answer = await client.message()
  assert.equal(request.body, 'hi')
  assert.equal(answer.body, 'ho')
  return { request, answer }
}

function linesOf(message: HttpMessage): string[] {
  return message.lines.filter((line) => !/^(content-length|connection):/i.test(line))
}

test('heads that a script only looks at keep their bytes', async (context) => {
  const { request, answer } = await pass(
    context,
    "e => [e.head.headers['cookie'], e.head.headers.host, Object.keys(e.head.headers)]",
    "e => [e.head.status, e.head.headers['set-cookie']]",
  )
  assert.deepEqual(linesOf(request), REQUEST_LINES)
  assert.deepEqual(linesOf(answer), RESPONSE_LINES)
  assert.equal(answer.startLine, 'HTTP/1.1 200 Fine')
})

test('lines that a script does not change keep their bytes, order, case and number', async (context) => {
  const { request, answer } = await pass(
    context,
    "e => (e.head.headers['x-new'] = 'n', delete e.head.headers['x-gone'], e.head.path = '/q')",
    "e => (e.head.headers['etag'] = '\"y\"', delete e.head.headers['x-gone'], e.head.status = 201)",
  )
  assert.equal(request.startLine, 'POST /q HTTP/1.1')
  assert.deepEqual(linesOf(request), [
    'hOsT: a',
    'X-Two: 1',
    'Cookie: a',
    'x-TWO: 2',
    'cookie: b',
    'x-new: n',
  ])
  assert.equal(answer.status, 201)
  assert.deepEqual(linesOf(answer), ['Set-Cookie: a=1', 'x-B: 1', 'set-cookie: b=2', 'ETag: "y"'])
})

test('a repeated field that a script sets becomes what it says', async (context) => {
  const { answer } = await pass(
    context,
    '() => undefined',
    "e => e.head.headers['set-cookie'] = ['c=3', 'd=4']",
  )
  assert.deepEqual(
    answer.all('set-cookie').concat(linesOf(answer).filter((line) => /^x-b/i.test(line))),
    ['c=3', 'd=4', 'x-B: 1'],
  )
})
