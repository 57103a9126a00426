import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { AppServer } from '../support/app-server.ts'
import { ask, Load } from '../support/load.ts'
import { startScript } from '../support/start-script.ts'
import { checkStickiness } from '../support/stickiness.ts'

/** Starts a script whose `algo.Upstream` has these options and the addresses of the servers. */
async function start(
  context: TestContext,
  names: string,
  options: (servers: readonly AppServer[]) => object,
): Promise<{ servers: AppServer[]; port: number }> {
  const servers: AppServer[] = []
  for (const name of names) servers.push(await AppServer.start(context, name))
  const { port } = await startScript(
    context,
    `((
      app = new algo.Upstream(${JSON.stringify(options(servers))}),
    ) => pipy({ _choice: null })
      .listen(0, { host: '127.0.0.1' })
        .decodeHttpRequest()
        .demux('request')
        .encodeHttpResponse()
      .pipeline('request')
        .onMessageStart(request => _choice = app.choose(request))
        .mux('endpoint', () => _choice.select(), {
          retries: ${names.length - 1}, pipelining: 1, maxSessions: 100, observer: app.observer,
        })
        .onMessageStart(response => _choice.tie(response))
      .pipeline('endpoint')
        .encodeHttpRequest()
        .connect(() => _choice.target)
        .decodeHttpResponse()
    )()`,
  )
  return { servers, port }
}

const addresses = (servers: readonly AppServer[]): string[] => servers.map(({ address }) => address)

test('a cookie ties a client to its endpoint, and to another one when that is gone', async (context) => {
  const { servers, port } = await start(context, 'abc', (all) => ({
    endpoints: addresses(all),
    sticky: { cookie: 'srv', secret: 'x' },
  }))
  await checkStickiness(servers, port)
})

test('a backup takes over when the others cannot be reached, and no request fails', async (context) => {
  const { servers, port } = await start(context, 'abc', ([a, b, c]) => ({
    endpoints: [a?.address, b?.address, { address: c?.address, priority: 1 }],
  }))
  const answers = async (): Promise<string[]> => {
    const all: string[] = []
    for (let i = 0; i < 6; i++) {
      const { status, body } = await ask(port)
      all.push(`${status} ${body}`)
    }
    return all.sort()
  }
  const [a, b] = servers
  assert.deepEqual(await answers(), [...Array(3).fill('200 a'), ...Array(3).fill('200 b')])
  a?.kill()
  assert.deepEqual(await answers(), Array(6).fill('200 b'))
  b?.kill()
  assert.deepEqual(await answers(), Array(6).fill('200 c'))
})

test('the observer counts: what is busy gets nothing', async (context) => {
  const { servers, port } = await start(context, 'ab', (all) => ({
    endpoints: addresses(all),
    balance: 'least-connections',
  }))
  const busy = servers[0] as AppServer
  const { handler } = busy
  const held = new Promise<() => void>((resolve) => {
    busy.handler = (request, response) => resolve(() => handler(request, response))
  })
  const answers = [ask(port), ask(port)]
  const release = await held
  assert.equal((await Promise.race(answers)).body, 'b')
  for (let i = 0; i < 10; i++) assert.equal((await ask(port)).body, 'b')
  release()
  await Promise.all(answers)
})

test('a client address always leads to the same endpoint', async (context) => {
  const { port } = await start(context, 'abc', (all) => ({
    endpoints: addresses(all),
    balance: 'maglev',
    hash: 'address',
  }))
  const clients = Array.from({ length: 20 }, (_, i) => `127.0.0.${i + 2}`)
  const first = await Promise.all(
    clients.map(async (one) => (await ask(port, { localAddress: one })).body),
  )
  for (const [i, one] of clients.entries())
    assert.equal((await ask(port, { localAddress: one })).body, first[i])
  assert.deepEqual([...new Set(first)].sort(), ['a', 'b', 'c'])
})

test('connections are balanced with `connect`, and those marked down get none', async (context) => {
  const servers = [await AppServer.start(context, 'a'), await AppServer.start(context, 'b')]
  const [a = '', b = ''] = addresses(servers)
  const { port } = await startScript(
    context,
    `((
      app = new algo.Upstream({ endpoints: ['${a}', '${b}'] }),
    ) => pipy()
      .listen(0, { host: '127.0.0.1' })
        .connect(() => app.select(), { observer: app.observer, retryCount: 1 })
      .task('1d')
        .onMessageStart(() => app.mark('${a}', false))
        .replaceMessage(() => new SessionEnd)
    )()`,
  )
  const load = new Load(context, port, 2)
  await load.until(() => load.count('200 b') > 20)
  const before = load.count('200 a')
  await load.more(40)
  assert.equal(load.count('200 a'), before)
  assert.deepEqual(load.failures, [])
})
