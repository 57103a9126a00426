import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connectRaw } from '../support/byte-stream.ts'
import { answering, response, startRawServer } from '../support/raw-server.ts'
import { startConfig } from '../support/start-config.ts'
import { startLb } from '../support/start-lb.ts'
import { startScript } from '../support/start-script.ts'
import { startRecordingUpstream } from './recording-upstream.ts'

/*
 * RFC 9110 §7.6.1: fields that Connection names end at this hop. Nothing may be decided by them
 * either, for nobody behind will see what the decision was made on.
 */

const ID = 'X-Request-Id: abcdefgh12345678'
const PARENT = 'traceparent: 00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01'

for (const [what, options] of [
  ['a head that is forwarded unread', []],
  ['a head that is text', ['--x-forwarded', 'add', '--forwarded']],
] as const) {
  test(`ids that Connection names are made anew: ${what}`, async (context) => {
    const upstream = await startRecordingUpstream(context)
    const ids = ['--request-id', '--traceparent']
    const { port } = await startLb(context, [upstream.address], ...ids, ...options)
    const ask = async (...lines: string[]): Promise<string[]> => {
      upstream.take()
      // Of HTTP/1.0 without Host, a head becomes text.
      const start = options.length === 0 ? 'GET / HTTP/1.1\r\nHost: a' : 'GET / HTTP/1.0'
      const client = await connectRaw(context, port)
      client.write(`${start}\r\n${lines.join('\r\n')}\r\n\r\n`)
      assert.equal((await client.message()).status, 200)
      return (upstream.take()[0]?.text ?? '').split('\r\n')
    }
    const kept = await ask(ID, PARENT, 'Connection: close')
    assert.ok(kept.includes(ID) && kept.includes(PARENT))
    const lines = await ask(ID, PARENT, 'Connection: x-request-id, TraceParent')
    const made = lines.filter((line) => /^(x-request-id|traceparent):/i.test(line))
    assert.equal(made.length, 2, lines.join())
    assert.match(made.join('\n'), /^X-Request-Id: [0-9a-f-]{36}\ntraceparent: 00-[0-9a-f-]{52}$/)
    assert.ok(!lines.includes(ID) && !made.join().includes('0af7651916cd43dd'))
  })
}

test('routes and keys of rate limits do not see what Connection names', async (context) => {
  const upstream = await startRawServer(
    context,
    answering(() => response('ok')),
  )
  const key = { header: 'x-user' }
  const { ports } = await startConfig(context, {
    listeners: [{ address: '127.0.0.1:0' }],
    routes: [
      { match: { headers: { 'X-Admin': 'yes' } }, respond: { body: 'admin' } },
      { upstream: 'a', rateLimit: { rate: '1/h', burst: 1, key } },
    ],
    upstreams: { a: { endpoints: [upstream.address] } },
  })
  const ask = async (...lines: string[]): Promise<string> => {
    const client = await connectRaw(context, ports[0] ?? 0)
    client.write(`GET / HTTP/1.1\r\nHost: a\r\n${lines.join('\r\n')}\r\n\r\n`)
    const { status, body } = await client.message()
    return status === 200 ? body : String(status)
  }
  assert.equal(await ask('X-Admin: yes'), 'admin')
  assert.equal(await ask('X-Admin: yes', 'Connection: keep-alive, x-admin', 'X-User: 1'), 'ok')
  assert.equal(await ask('X-User: 2', 'Connection: x-user'), 'ok', 'the bucket of no user')
  assert.equal(await ask('X-User: 2', 'A: 1'), 'ok')
  assert.equal(await ask('X-User: 3', 'Connection: x-user'), '429')
})

test('scripts do not see what Connection names, in either direction', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startScript(
    context,
    `pipy()
      .listen(0, { host: '127.0.0.1' })
      .decodeHttpRequest().demux('request').encodeHttpResponse()
      .pipeline('request')
      .onMessageStart(e => void (e.head.headers['x-seen'] = Object.keys(e.head.headers).join()))
      .mux('upstream')
      .onMessageStart(e => void (e.head.headers['x-seen'] = Object.keys(e.head.headers).join()))
      .pipeline('upstream')
      .encodeHttpRequest().connect('${upstream.address}').decodeHttpResponse()`,
  )
  const client = await connectRaw(context, port)
  client.write('GET / HTTP/1.1\r\nHost: a\r\nX-A: 1\r\nX-B: 2\r\nConnection: x-a\r\n\r\n')
  const connection = await upstream.connection()
  const request = await connection.message()
  assert.deepEqual(request.lines, ['Host: a', 'X-B: 2', 'x-seen: host,x-b'])
  connection.write(
    'HTTP/1.1 200 OK\r\nX-A: 1\r\nX-B: 2\r\nConnection: X-B\r\nContent-Length: 0\r\n\r\n',
  )
  const answer = await client.message()
  const lines = answer.lines.filter((line) => !/^(connection|content-length):/i.test(line))
  assert.deepEqual(lines, ['X-A: 1', 'x-seen: x-a'])
})
