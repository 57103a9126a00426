import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type ByteStream, connectRaw } from '../support/byte-stream.ts'
import { response, startRawServer } from '../support/raw-server.ts'
import { startLb } from '../support/start-lb.ts'
import { startScript } from '../support/start-script.ts'

/*
 * RFC 9110 §9.2.2: an upstream connection that had served others dies. Whether its request is sent
 * again, on a new connection, depends on what it was and on what had come of the answer.
 */
interface RetryCase {
  readonly name: string
  readonly request: string
  /** What the upstream sends before its connection breaks. */
  readonly begun: string
  readonly isRetried: boolean
  /** The connection has served a request before: only then may it have been dead already. */
  readonly isReused: boolean
}

const IDEMPOTENT = ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'TRACE']
const OTHERS = ['POST', 'PATCH', 'FETCH', 'get']
const LONG = 'x'.repeat(100_000)

const CASES: readonly RetryCase[] = [
  ...IDEMPOTENT.map((method) => retried(`${method}`, request(method))),
  ...OTHERS.map((method) => refused(`${method}`, request(method))),
  retried('PUT with a body', request('PUT', 'hello')),
  retried('PUT with chunks', `${request('PUT', null)}5\r\nhello\r\n0\r\n\r\n`),
  refused('PUT with a body that is too long to keep', request('PUT', LONG)),
  refused('POST with a body', request('POST', 'hello')),
  ...['H', 'HTTP/1.1 200 OK\r\n', 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n'].map((begun) => ({
    ...refused(`GET after ${JSON.stringify(begun)}`, request('GET')),
    begun,
  })),
  {
    ...refused('GET after an interim response', request('GET')),
    begun: 'HTTP/1.1 103 Early Hints\r\n\r\n',
  },
  ...['GET', 'PUT'].map((method) => ({
    ...refused(`${method} on a fresh connection`, request(method)),
    isReused: false,
  })),
]

for (const ends of ['fin', 'reset'] as const) {
  // A reset may take bytes back that nobody has read yet: then there is nothing to see of them.
  const cases = CASES.filter(
    (one) => ends === 'fin' || !one.begun.startsWith('H') || one.begun.endsWith('\r\n\r\n'),
  )

  test(`sluice lb, ${ends}`, async (context) => {
    const upstream = await startRawServer(context)
    const { port } = await startLb(context, [upstream])
    for (const one of cases) {
      await context.test(title(one), async () => {
        const client = await connectRaw(context, port)
        await checkRetry(one, ends, client, () => upstream.connection())
      })
    }
  })

  test(`a script whose codecs have no socket beside them, ${ends}`, async (context) => {
    const upstream = await startRawServer(context)
    const { port } = await startScript(
      context,
      `pipy()
        .listen(0, { host: '127.0.0.1' }).link('codecs')
        .pipeline('codecs').decodeHttpRequest().demux('request').encodeHttpResponse()
        .pipeline('request').mux('upstream', () => '', { pipelining: 1, maxSessions: 9 })
        .pipeline('upstream').encodeHttpRequest().link('socket').decodeHttpResponse()
        .pipeline('socket').connect('${upstream.address}')`,
    )
    for (const one of cases) {
      await context.test(title(one), async () => {
        const client = await connectRaw(context, port)
        await checkRetry(one, ends, client, () => upstream.connection())
      })
    }
  })
}

async function checkRetry(
  one: RetryCase,
  ends: 'fin' | 'reset',
  client: ByteStream,
  accept: () => Promise<ByteStream>,
): Promise<void> {
  let connection: ByteStream | null = null
  if (one.isReused) {
    client.write(request('GET'))
    connection = await accept()
    await connection.message()
    connection.write(response('first'))
    assert.equal((await client.message()).body, 'first')
  }
  client.write(one.request)
  connection ??= await accept()
  const asked = await connection.message()
  connection.write(one.begun)
  if (one.begun.endsWith('\r\n\r\n')) assert.equal((await client.message()).status, 103)
  if (ends === 'fin') connection.end()
  else connection.reset()

  const isHead = one.request.startsWith('HEAD ')
  if (one.isRetried) {
    connection = await accept()
    const again = await connection.message()
    assert.deepEqual(
      [again.startLine, again.lines, again.body],
      [asked.startLine, asked.lines, asked.body],
    )
    connection.write(isHead ? 'HTTP/1.1 200 OK\r\n\r\n' : response('again'))
    assert.equal((await client.message({ isHead })).status, 200)
  } else assert.equal((await client.message({ isHead })).status, 502)

  // Nothing else is under way: the next request is the next that the upstream gets.
  client.write(request('GET'))
  if (!one.isRetried) connection = await accept()
  assert.equal((await connection.message()).startLine, 'GET /request HTTP/1.1')
  connection.write(response('next'))
  assert.equal((await client.message()).body, 'next')
  client.socket.destroy()
  connection.end()
  await connection.over()
}

function request(method: string, body: string | null = ''): string {
  const head = `${method} /request HTTP/1.1\r\nHost: a\r\n`
  if (body === null) return `${head}Transfer-Encoding: chunked\r\n\r\n`
  return body === '' ? `${head}\r\n` : `${head}Content-Length: ${body.length}\r\n\r\n${body}`
}

function retried(name: string, text: string): RetryCase {
  return { name, request: text, begun: '', isRetried: true, isReused: true }
}

function refused(name: string, text: string): RetryCase {
  return { ...retried(name, text), isRetried: false }
}

function title(one: RetryCase): string {
  return `${one.name} is ${one.isRetried ? '' : 'not '}sent again`
}
