import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { AppServer } from './support/app-server.ts'
import { ask } from './support/load.ts'
import { startUpstream } from './support/start-upstream.ts'
import { checkStickiness } from './support/stickiness.ts'

async function start(
  context: TestContext,
  upstream: Readonly<Record<string, unknown>>,
  ...options: string[]
): Promise<{ servers: AppServer[]; port: number }> {
  const servers: AppServer[] = []
  for (const name of ['a', 'b', 'c']) servers.push(await AppServer.start(context, name))
  const endpoints = servers.map(({ address }) => address)
  const { port } = await startUpstream(context, { endpoints, ...upstream }, ...options)
  return { servers, port }
}

const CLIENTS = Array.from({ length: 24 }, (_, i) => `127.0.0.${i + 2}`)
const KEYS = Array.from({ length: 40 }, (_, i) => `key-${i}`)

interface Keyed {
  readonly hash: unknown
  request(key: string): { path?: string; headers?: Record<string, string> }
}

const KINDS: Record<string, Keyed> = {
  header: { hash: { header: 'X-User' }, request: (key) => ({ headers: { 'x-uSER': key } }) },
  cookie: { hash: { cookie: 'id' }, request: (key) => ({ headers: { cookie: `a=b; id=${key}` } }) },
  query: { hash: { query: 'q' }, request: (key) => ({ path: `/?x=1&q=${key}` }) },
  path: { hash: 'path', request: (key) => ({ path: `/${key}?${Math.random()}` }) },
}

for (const balance of ['maglev', 'bounded-ring']) {
  for (const [kind, { hash, request }] of Object.entries(KINDS)) {
    test(`${balance} by ${kind}: the same key, the same endpoint`, async (context) => {
      const { port } = await start(context, { balance, hash })
      const first: string[] = []
      for (const key of KEYS) first.push((await ask(port, request(key))).body)
      for (const [i, key] of KEYS.entries())
        assert.equal((await ask(port, request(key))).body, first[i])
      assert.deepEqual([...new Set(first)].sort(), ['a', 'b', 'c'])
    })
  }
}

for (const balance of ['maglev', 'bounded-ring']) {
  test(`${balance} by address: a client stays, whatever it asks, and clients are spread`, async (context) => {
    const { port } = await start(context, { balance, hash: 'address' })
    const first: string[] = []
    for (const localAddress of CLIENTS) first.push((await ask(port, { localAddress })).body)
    assert.deepEqual([...new Set(first)].sort(), ['a', 'b', 'c'])
    for (let round = 0; round < 3; round++) {
      for (const [i, localAddress] of CLIENTS.entries()) {
        const { body } = await ask(port, { localAddress, path: `/${round}` })
        assert.equal(body, first[i], localAddress)
      }
    }
  })

  test(`${balance} by address: each worker chooses the same`, async (context) => {
    const { port } = await start(context, { balance, hash: 'address' }, '--workers', '2')
    for (const localAddress of CLIENTS) {
      // Each on a connection of its own, which the kernel gives to one worker or the other.
      const bodies = new Set<string>()
      for (let i = 0; i < 8; i++) bodies.add((await ask(port, { localAddress })).body)
      assert.equal(bodies.size, 1, localAddress)
    }
  })
}

test('bounded-ring by address: a client that asks too much at once is shared, and then stays again', async (context) => {
  const { servers, port } = await start(context, { balance: 'bounded-ring', hash: 'address' })
  const [localAddress = ''] = CLIENTS
  const { body: home } = await ask(port, { localAddress })
  const held: (() => void)[] = []
  for (const server of servers) {
    const { handler } = server
    server.handler = (request, response) => held.push(() => handler(request, response))
  }
  const asked = Array.from({ length: 30 }, () => ask(port, { localAddress }))
  while (held.length < 30) await new Promise((resolve) => setTimeout(resolve, 5))
  for (const answer of held.splice(0)) answer()
  const bodies = (await Promise.all(asked)).map(({ body }) => body)
  // 1.25 times the share of 30 over three endpoints, rounded up.
  for (const name of 'abc') assert.ok(bodies.filter((one) => one === name).length <= 13, name)
  const again = ask(port, { localAddress })
  while (held.length < 1) await new Promise((resolve) => setTimeout(resolve, 5))
  held[0]?.()
  assert.equal((await again).body, home)
})

test('when its endpoint dies, a key gets another one, and the others stay', async (context) => {
  const { servers, port } = await start(context, { balance: 'maglev', hash: 'path' })
  const before: string[] = []
  for (const key of KEYS) before.push((await ask(port, { path: `/${key}` })).body)
  servers[0]?.kill()
  for (const [i, key] of KEYS.entries()) {
    const { status, body } = await ask(port, { path: `/${key}` })
    assert.equal(status, 200)
    if (before[i] === 'a') assert.notEqual(body, 'a')
  }
})

test('a cookie ties a client to its endpoint, and to another one when that is gone', async (context) => {
  const { servers, port } = await start(context, { sticky: { cookie: 'srv', secret: 'x' } })
  await checkStickiness(servers, port)
})

test('a forged cookie ties to nobody', async (context) => {
  const { port } = await start(context, { sticky: { secret: 'x' } })
  const { headers } = await ask(port, { headers: { cookie: 'sluice=0123456789abcdef' } })
  assert.equal((headers['set-cookie'] as string[]).length, 1)
})
