import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { ConfigInput } from '../../src/config/schema/config.ts'
import { AppServer } from './support/app-server.ts'
import { ask } from './support/load.ts'
import { startConfig } from './support/start-config.ts'

type Route = NonNullable<ConfigInput['routes']>[number]

/** Routes by the first segment of their path, over one upstream. */
async function start(
  context: TestContext,
  servers: readonly AppServer[],
  routes: Readonly<Record<string, Partial<Route>>>,
  upstream: object,
): Promise<(path: string) => ReturnType<typeof ask>> {
  const { ports } = await startConfig(context, {
    listeners: [{ address: '127.0.0.1:0' }],
    routes: Object.entries(routes).map(([name, more]) => ({
      match: { path: { prefix: `/${name}` } },
      upstream: 'app',
      ...more,
    })),
    upstreams: { app: { endpoints: servers.map(({ address }) => address), ...upstream } },
  })
  return (path) => ask(ports[0] ?? 0, { path })
}

/** A server that answers after so many milliseconds. */
async function late(context: TestContext, ms: number): Promise<AppServer> {
  const server = await AppServer.start(context, 'a')
  server.handler = (_, response) => {
    setTimeout(() => response.end('late'), ms)
  }
  return server
}

test('a route waits shorter or longer for a response than its upstream says', async (context) => {
  const server = await late(context, 1500)
  const get = await start(
    context,
    [server],
    {
      short: { timeouts: { response: '100ms' } },
      plain: {},
      long: { timeouts: { response: '30s' } },
    },
    { timeouts: { response: '500ms' } },
  )
  const answers = await Promise.all([get('/short'), get('/plain'), get('/long')])
  assert.deepEqual(
    answers.map(({ status }) => status),
    [504, 504, 200],
  )
})

test('a route limits the time of all attempts', async (context) => {
  const servers = [await late(context, 60_000), await late(context, 60_000)]
  const get = await start(
    context,
    servers,
    { short: { timeouts: { total: '300ms' } } },
    { retry: { attempts: 5, minPerSecond: 1000 }, timeouts: { response: '200ms' } },
  )
  assert.equal((await get('/short')).status, 504)
  assert.ok(servers.every(({ requests }) => requests <= 1))
})

test('a route tries again or not, whatever its upstream says', async (context) => {
  const bad = await AppServer.start(context, 'a')
  bad.handler = (_, response) => response.writeHead(503).end('not now')
  const good = await AppServer.start(context, 'b')
  const get = await start(
    context,
    [bad, good],
    { never: { retry: { attempts: 0 } }, always: { retry: { minPerSecond: 1000 } } },
    {},
  )
  const statuses = async (path: string): Promise<number[]> => {
    const found: number[] = []
    for (let i = 0; i < 6; i++) found.push((await get(path)).status)
    return found
  }
  assert.deepEqual(await statuses('/always'), new Array(6).fill(200))
  assert.ok((await statuses('/never')).includes(503))
})

test('an attempt that takes too long for its route is tried elsewhere', async (context) => {
  const hangs = await late(context, 60_000)
  const good = await AppServer.start(context, 'b')
  const get = await start(
    context,
    [hangs, good],
    { a: { timeouts: { response: '200ms' }, retry: { minPerSecond: 1000 } } },
    {},
  )
  for (let i = 0; i < 4; i++) assert.deepEqual((await get('/a')).body, 'b')
})
