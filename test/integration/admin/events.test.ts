import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { type TestContext, test } from 'node:test'
import type { Stats } from '../../../src/orchestrator/metrics/stats.ts'
import { curl } from '../support/curl.ts'
import { answering, response, startRawServer } from '../support/raw-server.ts'
import { type RunningAdmin, startAdmin } from '../support/start-admin.ts'

async function startLb(context: TestContext): Promise<RunningAdmin> {
  const upstream = await startRawServer(
    context,
    answering(() => response('12345')),
  )
  const to = ['--to', upstream.address]
  return startAdmin(context, ['lb', '--listen', '127.0.0.1:0', ...to, '--workers', '1'])
}

/** Events as they come. */
async function* events(
  { url }: RunningAdmin,
  query: string,
): AsyncGenerator<{ kind: string; data: unknown }> {
  const { body } = await fetch(`${url}/api/v1/events${query}`)
  let text = ''
  for await (const piece of body ?? []) {
    text += Buffer.from(piece).toString()
    const parts = text.split('\n\n')
    text = parts.pop() ?? ''
    for (const part of parts) {
      const [, kind = '', data = 'null'] = /^event: (\w+)\ndata: (.*)$/.exec(part) ?? []
      if (kind !== '') yield { kind, data: JSON.parse(data) }
    }
  }
}

test('stats tell of each second what happened in it', async (context) => {
  const admin = await startLb(context)
  const url = `http://127.0.0.1:${admin.ports[0]}/`
  await curl('-o', '/dev/null', url)
  let seen = 0
  let asked = 0
  for await (const { kind, data } of events(admin, '?kinds=stats')) {
    assert.equal(kind, 'stats')
    const { total, seconds, workers, endpoints } = data as Stats
    seen += total.requests * seconds
    assert.equal(workers.length, 1)
    assert.equal(endpoints.length, 1)
    if (Math.round(seen) === 5) break
    // The request before the stream is no part of it.
    for (; asked < 5; asked++) await curl('-o', '/dev/null', url)
  }
  const { total } = (await admin.call('GET', '/api/v1/stats')).json as Stats
  assert.equal(total.total, 6)
  assert.equal(total.latency.count, 6)
  assert.ok(total.latency.p50 > 0 && total.latency.p50 <= total.latency.max)
})

test('log lines come as they are logged, and can be read afterwards', async (context) => {
  const admin = await startLb(context)
  const stream = events(admin, '?kinds=log')
  const next = stream.next()
  // The stream stands when its first line has come; signals may come before.
  const nudge = setInterval(() => admin.sluice.signal('SIGHUP'), 100)
  const { value } = await next
  clearInterval(nudge)
  assert.equal(value?.kind, 'log')
  assert.match(JSON.stringify(value?.data), /No script running/)
  await stream.return(undefined)
  const { json } = await admin.call('GET', '/api/v1/logs?lines=1')
  assert.equal(json.length, 1)
  assert.match(json[0].message, /running/)
  assert.equal((await admin.call('GET', '/api/v1/logs?lines=0')).status, 400)
})

test('there is an end to streams, and those that close make room', async (context) => {
  const admin = await startLb(context)
  const port = Number(new URL(admin.url).port)
  const request = `GET /api/v1/events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`
  const sockets = Array.from({ length: 32 }, () => connect(port, '127.0.0.1'))
  context.after(() => {
    for (const socket of sockets) socket.destroy()
  })
  await Promise.all(
    sockets.map((socket) => {
      socket.write(request)
      return new Promise((resolve) => socket.once('data', resolve))
    }),
  )
  const full = await admin.call('GET', '/api/v1/events')
  assert.equal(full.status, 429)
  assert.equal(full.json.error, 'too_many_streams')
  sockets[0]?.destroy()
  // The server learns of it a moment later.
  for (;;) {
    const { status, body } = await fetch(`${admin.url}/api/v1/events`)
    await body?.cancel()
    if (status === 200) break
  }
})
