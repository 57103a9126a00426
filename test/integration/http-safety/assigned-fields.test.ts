import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { startSluice } from '../../support/sluice-process.ts'
import { temporaryScript } from '../../support/temporary-script.ts'
import { connectRaw } from '../support/byte-stream.ts'
import { startRawServer } from '../support/raw-server.ts'
import { startConfig } from '../support/start-config.ts'
import { startRecordingUpstream } from './recording-upstream.ts'

/*
 * A field that a config or script has assigned goes on as it was assigned: whatever lines of that
 * name have come, and whatever their values.
 */

/** What a client sends between Host and the end, and what of it goes on when `x-user` is `bob`. */
const REQUESTS: readonly [what: string, sent: string[], forwarded: string[]][] = [
  ['no such line', ['A: 1'], ['A: 1', 'x-user: bob']],
  ['another value', ['X-User: admin', 'A: 1'], ['X-User: bob', 'A: 1']],
  ['the value itself', ['X-User: bob', 'A: 1'], ['X-User: bob', 'A: 1']],
  ['the value itself behind another', ['X-User: admin', 'X-User: bob'], ['X-User: bob']],
  ['the value itself before another', ['x-uSER: bob', 'X-User: admin'], ['x-uSER: bob']],
  ['the value itself twice', ['X-User: bob', 'A: 1', 'X-User: bob'], ['X-User: bob', 'A: 1']],
  // RFC 9110 §7.6.1: what Connection names ends here, but not what we put there.
  ['Connection names it', ['Connection: x-user', 'A: 1'], ['A: 1', 'x-user: bob']],
  ['and the value itself', ['X-User: bob', 'Connection: X-USER', 'A: 1'], ['A: 1', 'x-user: bob']],
  ['and another', ['X-User: admin', 'Connection: A, close, x-user', 'A: 1'], ['x-user: bob']],
]

/** Ways to assign: filters of a script. */
const WAYS: readonly [name: string, filters: string][] = [
  ['a script', ".onMessageStart(e => void (e.head.headers['x-user'] = 'bob'))"],
  ['another letter case', ".onMessageStart(e => void (e.head.headers['X-USER'] = 'bob'))"],
  ['a list of one', ".onMessageStart(e => void (e.head.headers['x-user'] = ['bob']))"],
  [
    'new headers',
    ".onMessageStart(e => void (e.head.headers = { ...e.head.headers, 'x-user': 'bob' }))",
  ],
  ['changeRequest', ".changeRequest({ headers: { set: { 'X-User': 'bob' } } })"],
]

/** The lines of the one request that has come, without Host and those of the connection. */
function linesOf(text: string): string[] {
  const [, ...lines] = text.slice(0, text.indexOf('\r\n\r\n')).split('\r\n')
  return lines.filter((line) => !/^(host|connection|x-forwarded-[a-z]+):/i.test(line))
}

async function expectForwarded(
  context: TestContext,
  upstream: Awaited<ReturnType<typeof startRecordingUpstream>>,
  port: number,
): Promise<void> {
  for (const [what, sent, forwarded] of REQUESTS) {
    await context.test(what, async () => {
      upstream.take()
      const client = await connectRaw(context, port)
      const answer = await client
        .write(`GET / HTTP/1.1\r\nHost: a\r\n${sent.join('\r\n')}\r\n\r\n`)
        .message()
      assert.equal(answer.status, 200)
      const [request, ...others] = upstream.take()
      assert.deepEqual(others, [])
      const same = (line: string): string => line.replace(/^x-user:/i, 'x-user:')
      assert.deepEqual(linesOf(request?.text ?? '').map(same), forwarded.map(same))
    })
  }
}

test('what scripts assign replaces all lines of a name', async (context) => {
  const upstream = await startRecordingUpstream(context)
  const script = WAYS.map(
    ([, filters], index) => `
    .listen(0, { host: '127.0.0.1' })
    .decodeHttpRequest().demux('request${index}').encodeHttpResponse()
    .pipeline('request${index}')${filters}.mux('upstream${index}')
    .pipeline('upstream${index}').encodeHttpRequest().connect('${upstream.address}').decodeHttpResponse()`,
  )
  const sluice = startSluice(context, [temporaryScript(context, `pipy()${script.join('')}`)])
  const ports = await sluice.ports(WAYS.length)
  for (const [index, [name]] of WAYS.entries()) {
    await context.test(name, (one) => expectForwarded(one, upstream, ports[index] ?? 0))
  }
})

test('what a config sets replaces all lines of a name', async (context) => {
  const upstream = await startRecordingUpstream(context)
  const { ports } = await startConfig(context, {
    listeners: [{ address: '127.0.0.1:0' }],
    routes: [{ requestHeaders: { set: { 'X-User': 'bob' } }, upstream: 'a' }],
    upstreams: { a: { endpoints: [upstream.address] } },
    forwarding: { xForwarded: 'off' },
  })
  await expectForwarded(context, upstream, ports[0] ?? 0)
})

test('a copy of a changed request has what was assigned, and all lines of the rest', async (context) => {
  const [upstream, copies] = [
    await startRecordingUpstream(context),
    await startRecordingUpstream(context),
  ]
  const { ports } = await startConfig(context, {
    listeners: [{ address: '127.0.0.1:0' }],
    routes: [
      {
        requestHeaders: { set: { 'X-User': 'bob' } },
        upstream: 'a',
        mirror: { upstream: 'copies' },
      },
    ],
    upstreams: {
      a: { endpoints: [upstream.address] },
      copies: { endpoints: [copies.address] },
    },
    forwarding: { xForwarded: 'off' },
  })
  const client = await connectRaw(context, ports[0] ?? 0)
  const sent = ['X-User: admin', 'Cookie: a=1', 'X-User: bob', 'cookie: b=2']
  client.write(`GET / HTTP/1.1\r\nHost: a\r\n${sent.join('\r\n')}\r\n\r\n`)
  assert.equal((await client.message()).status, 200)
  const expected = 'GET / HTTP/1.1\r\nHost: a\r\nX-User: bob\r\nCookie: a=1\r\ncookie: b=2\r\n\r\n'
  assert.equal(upstream.take()[0]?.text, expected)
  let copy = ''
  while (copy === '') {
    await new Promise((resolve) => setImmediate(resolve))
    copy = copies.take()[0]?.text ?? ''
  }
  assert.equal(copy, expected)
})

test('what a config sets in responses replaces all lines of a name', async (context) => {
  const upstream = await startRawServer(context)
  const { ports } = await startConfig(context, {
    listeners: [{ address: '127.0.0.1:0' }],
    routes: [{ responseHeaders: { set: { 'X-Frame-Options': 'deny' } }, upstream: 'a' }],
    upstreams: { a: { endpoints: [upstream.address] } },
  })
  const client = await connectRaw(context, ports[0] ?? 0)
  client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  const lines = ['X-Frame-Options: none', 'Set-Cookie: a=1', 'X-Frame-Options: deny']
  const connection = await upstream.connection()
  await connection.message()
  connection.write(
    `HTTP/1.1 200 OK\r\n${lines.join('\r\n')}\r\nSet-Cookie: b=2\r\nContent-Length: 0\r\n\r\n`,
  )
  const answer = await client.message()
  assert.deepEqual(
    answer.lines.filter((line) => !/^(connection|content-length):/i.test(line)),
    ['X-Frame-Options: deny', 'Set-Cookie: a=1', 'Set-Cookie: b=2'],
  )
})
