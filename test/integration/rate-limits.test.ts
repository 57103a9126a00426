import assert from 'node:assert/strict'
import { execFile } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { promisify } from 'node:util'
import type { ConfigInput } from '../../src/config/schema/config.ts'
import { temporaryFolder } from '../support/temporary-script.ts'
import { AppServer } from './support/app-server.ts'
import { ask } from './support/load.ts'
import { scrapeUntil } from './support/scrape.ts'
import { startAdmin } from './support/start-admin.ts'
import { reload, startConfig } from './support/start-config.ts'
import { startScript } from './support/start-script.ts'

const address = '127.0.0.1:0'

/** Statuses of so many requests, each on a connection of its own, sorted. */
async function statuses(port: number, times: number, options = {}): Promise<number[]> {
  const answers = await Promise.all(Array.from({ length: times }, () => ask(port, options)))
  return answers.map(({ status }) => status).sort()
}

async function app(context: TestContext): Promise<{ server: AppServer; upstreams: object }> {
  const server = await AppServer.start(context, 'a')
  return { server, upstreams: { app: { endpoints: [server.address] } } }
}

test('all workers share a limit of a listener, through reloads and deaths', async (context) => {
  const { server, upstreams } = await app(context)
  const rateLimit = { rate: '1/h', burst: 20, key: 'address' }
  const config = { listeners: [{ address, upstream: 'app', rateLimit }], upstreams }
  const { sluice, ports } = await startConfig(context, config as never, '--workers', '4')
  const port = ports[0] ?? 0
  const expected = [...new Array(20).fill(200), ...new Array(40).fill(429)]
  assert.deepEqual(await statuses(port, 60), expected)
  assert.equal(server.requests, 20)
  sluice.signal('SIGHUP')
  await sluice.line(/reloaded/)
  assert.deepEqual(await statuses(port, 5), new Array(5).fill(429))
  const { headers } = await ask(port)
  assert.ok(Number(headers['retry-after']) > 3000)
})

test('a route has limits by key, which metrics and the access log tell', async (context) => {
  const { upstreams } = await app(context)
  const log = join(temporaryFolder(context), 'access.log')
  const config = {
    listeners: [
      {
        address,
        name: 'web',
        routes: [
          {
            name: 'api',
            match: { path: { prefix: '/api' } },
            upstream: 'app',
            rateLimit: [
              { rate: '1/h', burst: 1, key: { header: 'x-user' } },
              { rate: '1/h', burst: 3 },
            ],
            responseHeaders: { set: { 'x-api': 'yes' } },
          },
          { upstream: 'app' },
        ],
      },
    ],
    upstreams,
    accessLog: { path: log, format: '{target} {status} {end}' },
  }
  const file = join(temporaryFolder(context), 'lb.json')
  writeFileSync(file, JSON.stringify(config))
  const admin = await startAdmin(context, [file, '--workers', '2'])
  const [port = 0] = admin.ports
  const api = async (user: string): Promise<number> => {
    const { status, headers } = await ask(port, { path: '/api', headers: { 'x-user': user } })
    assert.equal(headers['x-api'], 'yes')
    return status
  }
  const given: number[] = []
  for (const user of ['a', 'a', 'b', 'c', 'd']) given.push(await api(user))
  assert.deepEqual(given, [200, 429, 200, 200, 429])
  assert.deepEqual(await statuses(port, 5), new Array(5).fill(200))

  const labels = { listener: 'web', route: 'api', reason: 'rate_limit' }
  const refused = 'sluice_route_refused_requests_total'
  await scrapeUntil(admin, (one) => one.sum(refused, labels) === 2)
  admin.sluice.signal('SIGTERM')
  await admin.sluice.exit()
  const lines = readFileSync(log, 'utf8').split('\n')
  assert.equal(lines.filter((line) => line === '/api 429 RateLimited').length, 2)
  assert.equal(lines.filter((line) => line === '/api 200 ok').length, 3)
})

test('shared routes have one limit on all listeners, named limits are one', async (context) => {
  const { upstreams } = await app(context)
  const config = {
    listeners: [
      { address, name: 'a' },
      { address, name: 'b' },
    ],
    routes: [
      { match: { path: { prefix: '/a' } }, upstream: 'app', rateLimit: { rate: '1/h', burst: 2 } },
      {
        match: { path: { prefix: '/b' } },
        respond: { body: 'b' },
        rateLimit: { rate: '1/h', burst: 1, name: 'n' },
      },
      {
        match: { path: { prefix: '/c' } },
        respond: { body: 'c' },
        rateLimit: { rate: '1/h', burst: 1, name: 'n' },
      },
    ],
    upstreams,
  }
  const { ports } = await startConfig(context, config as never)
  const [a = 0, b = 0] = ports
  const get = async (port: number, path: string) => (await ask(port, { path })).status
  assert.deepEqual([await get(a, '/a'), await get(b, '/a'), await get(a, '/a')], [200, 200, 429])
  assert.deepEqual([await get(a, '/b'), await get(b, '/c')], [200, 429])
})

test('scripts limit rates with a filter and with a class, over all workers', async (context) => {
  const script = `pipy({ _limiter: new algo.RateLimiter('logins', { rate: '1/h', burst: 3 }) })
  .listen(0, { host: '127.0.0.1' })
    .decodeHttpRequest().demux('request').encodeHttpResponse()
  .pipeline('request')
    .limitRate('answer', { rate: '1/h', burst: 10 })
  .pipeline('answer')
    .replaceMessage(msg => new Message({ status: _limiter.take('k') ? 200 : 403 }))
`
  const { port } = await startScript(context, script, '--workers', '3')
  const expected = [...new Array(3).fill(200), ...new Array(7).fill(403), ...new Array(5).fill(429)]
  assert.deepEqual(await statuses(port, 15), expected)
})

test('under load, as many requests pass as the rate allows', async (context) => {
  const { server, upstreams } = await app(context)
  const rateLimit = { rate: 200, burst: 50, key: 'address' }
  const config = { listeners: [{ address, upstream: 'app', rateLimit }], upstreams }
  const { ports } = await startConfig(context, config as never, '--workers', '2')
  const start = performance.now()
  const { stdout } = await promisify(execFile)('wrk', [
    '-t1',
    '-c16',
    '-d2s',
    `http://127.0.0.1:${ports[0]}/`,
  ])
  const seconds = (performance.now() - start) / 1000
  const passed = server.requests
  assert.ok(passed <= 50 + 200 * seconds + 1, `${passed} in ${seconds} s\n${stdout}`)
  assert.ok(passed >= 50, `${passed}\n${stdout}`)
  assert.match(stdout, /Non-2xx or 3xx responses: \d+/)
})

/** A config of so many routes, each with a limit of its own. */
function manyLimits(prefix: string, count: number): ConfigInput {
  const routes = Array.from({ length: count }, (_, index) => ({
    name: `${prefix}${index}`,
    match: { path: { exact: `/${index}` } },
    respond: { body: prefix },
    rateLimit: { rate: '1/h', burst: 1 },
  }))
  return { listeners: [{ address }], routes }
}

test('reloads with limits of other names never run out of them', async (context) => {
  const running = await startConfig(context, manyLimits('a', 200))
  const port = running.ports[0] ?? 0
  for (const prefix of ['b', 'c', 'd', 'e']) {
    await reload(running, manyLimits(prefix, 200))
    const first = await ask(port, { path: '/199' })
    assert.deepEqual([first.status, first.body], [200, prefix])
    assert.equal((await ask(port, { path: '/199' })).status, 429)
  }
})

test('a reload with more limits than there is room for is refused, and what runs goes on', async (context) => {
  const running = await startConfig(context, manyLimits('a', 300))
  const port = running.ports[0] ?? 0
  running.write(manyLimits('b', 300))
  running.sluice.signal('SIGHUP')
  await running.sluice.line(/more than 512 rate limits, with those of the program that runs/)
  assert.equal((await ask(port, { path: '/1' })).body, 'a')
  running.write(manyLimits('c', 513))
  running.sluice.signal('SIGHUP')
  await running.sluice.line(/routes\[512\]\.rateLimit: there are more than 512 rate limits: give/)
  await reload(running, manyLimits('d', 200))
  assert.equal((await ask(port, { path: '/1' })).body, 'd')
})
