import assert from 'node:assert/strict'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { type TestContext, test } from 'node:test'
import { AppServer } from './support/app-server.ts'
import { ask, Load } from './support/load.ts'
import { startUpstream } from './support/start-upstream.ts'

type Handler = (request: IncomingMessage, response: ServerResponse) => void

const refuses: Handler = (_, response) => response.writeHead(503).end('not now')
const resets: Handler = (request) => request.socket.resetAndDestroy()
const hangs: Handler = () => {}

async function start(
  context: TestContext,
  handlers: readonly (Handler | null)[],
  upstream: Readonly<Record<string, unknown>>,
): Promise<{ servers: AppServer[]; port: number }> {
  const servers: AppServer[] = []
  for (const [i, handler] of handlers.entries()) {
    const server = await AppServer.start(context, 'abc'[i] ?? '')
    if (handler !== null) server.handler = handler
    servers.push(server)
  }
  const endpoints = servers.map(({ address }) => address)
  const { port } = await startUpstream(context, { endpoints, ...upstream })
  return { servers, port }
}

for (const [what, handler] of Object.entries({ refuses, resets, hangs })) {
  test(`an endpoint that ${what}: idempotent requests are answered by another one`, async (context) => {
    const { servers, port } = await start(context, [handler, null], {
      retry: { minPerSecond: 1000 },
      timeouts: { response: '1s' },
    })
    for (let i = 0; i < 4; i++) {
      const { status, body } = await ask(port, { path: `/${i}` })
      assert.deepEqual([status, body], [200, 'b'])
    }
    assert.ok((servers[0]?.requests ?? 0) >= 2)
    const posts = [await ask(port, { method: 'POST' }), await ask(port, { method: 'POST' })]
    const failed = posts.filter(({ status }) => status >= 500)
    assert.equal(failed.length, 1, 'what is not idempotent is sent once')
  })
}

test('the request that is sent again is the same, with its body', async (context) => {
  const seen: string[] = []
  const { port } = await start(
    context,
    [
      refuses,
      (request, response) => {
        let body = ''
        request.on('data', (text) => {
          body += text
        })
        request.on('end', () => {
          seen.push(`${request.method} ${request.url} ${request.headers['x-mine']} ${body.length}`)
          response.end('b')
        })
      },
    ],
    { retry: {} },
  )
  const { request } = await import('node:http')
  for (let i = 0; i < 4; i++) {
    await new Promise<void>((resolve, reject) => {
      const headers = { 'X-Mine': String(i) }
      const put = { host: '127.0.0.1', port, method: 'PUT', path: `/file/${i}`, headers }
      request(put, (response) => {
        assert.equal(response.statusCode, 200)
        response.resume().on('end', resolve)
      })
        .on('error', reject)
        .end('x'.repeat(10_000 + i))
    })
  }
  assert.deepEqual(
    seen,
    [0, 1, 2, 3].map((i) => `PUT /file/${i} ${i} ${10_000 + i}`),
  )
})

test('requests of many clients at once keep apart', async (context) => {
  const asked = new Set<string>()
  const sometimes: Handler = ({ url = '' }, response) => {
    const isFirst = !asked.has(url)
    asked.add(url)
    if (isFirst && Number(url.slice(1)) % 3 === 0) response.writeHead(502).end('x'.repeat(5000))
    else response.end(url)
  }
  const { port } = await start(context, [sometimes, sometimes], {
    retry: { attempts: 1, minPerSecond: 10_000 },
  })
  const paths = Array.from({ length: 300 }, (_, i) => `/${i}`)
  const answers = await Promise.all(paths.map((path) => ask(port, { path })))
  const wrong = answers.flatMap(({ status, body }, i) =>
    body === paths[i] ? [] : [`${paths[i]}: ${status} ${body.slice(0, 20)}`],
  )
  assert.deepEqual(wrong, [])
})

test('as many attempts as allowed, and then the last answer', async (context) => {
  const { servers, port } = await start(context, [refuses, refuses, refuses], {
    retry: { attempts: 2, minPerSecond: 1000 },
  })
  const { status, body } = await ask(port)
  assert.deepEqual([status, body], [503, 'not now'])
  assert.deepEqual(
    servers.map(({ requests }) => requests),
    [1, 1, 1],
  )
})

test('an outage does not multiply the traffic', async (context) => {
  const { servers, port } = await start(context, [refuses, refuses], {
    retry: { attempts: 3, budget: 0.1, minPerSecond: 0 },
  })
  const load = new Load(context, port, 8)
  await load.more(1000)
  await load.stop()
  const sent = servers.reduce((sum, { requests }) => sum + requests, 0)
  assert.ok(sent <= load.total * 1.1 + 1, `${sent} requests for ${load.total}`)
  assert.ok(sent > load.total * 1.05, `${sent} requests for ${load.total}: there are retries`)
})

test('without a retry policy, an answer of 503 is the answer', async (context) => {
  const { port } = await start(context, [refuses, null], {})
  const statuses = [await ask(port), await ask(port)].map(({ status }) => status)
  assert.deepEqual(statuses.sort(), [200, 503])
})

test('the total time-out is for all attempts together', async (context) => {
  const { servers, port } = await start(context, [hangs, hangs], {
    retry: { attempts: 10, minPerSecond: 1000 },
    timeouts: { response: '200ms', total: '500ms' },
  })
  const closed = servers.map((server) => {
    return new Promise((resolve) => {
      server.handler = (request) => request.socket.once('close', resolve)
    })
  })
  const { status } = await ask(port)
  assert.equal(status, 504)
  const attempts = servers.reduce((sum, { requests }) => sum + requests, 0)
  assert.ok(attempts >= 2 && attempts <= 6, `${attempts} attempts`)
  await Promise.all(closed)
})

test('the total time-out is also for requests that wait for a connection', async (context) => {
  const { servers, port } = await start(context, [hangs], {
    circuit: { maxConnections: 1 },
    timeouts: { total: '300ms' },
  })
  const answers = await Promise.all([ask(port), ask(port), ask(port)])
  assert.deepEqual(
    answers.map(({ status }) => status),
    [504, 504, 504],
  )
  const [server] = servers as [AppServer]
  server.handler = (_, response) => response.end('well')
  assert.equal((await ask(port)).body, 'well')
})
