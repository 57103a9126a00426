import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { type TestContext, test } from 'node:test'
import { AppServer } from './support/app-server.ts'
import { type ByteStream, connectRaw } from './support/byte-stream.ts'
import { ask } from './support/load.ts'
import { startRawServer } from './support/raw-server.ts'
import { startConfig } from './support/start-config.ts'
import { startUpstream } from './support/start-upstream.ts'

/** A server that answers when the test says so, or after some time. */
class SlowServer {
  readonly server: AppServer
  readonly held: ServerResponse[] = []
  /** Requests in progress at a time. */
  most = 0
  active = 0

  private constructor(server: AppServer) {
    this.server = server
  }

  static async start(context: TestContext, name: string, delayMs?: number): Promise<SlowServer> {
    const slow = new SlowServer(await AppServer.start(context, name))
    slow.server.handler = (_, response) => {
      slow.most = Math.max(slow.most, ++slow.active)
      response.on('close', () => slow.active--)
      if (delayMs === undefined) slow.held.push(response)
      else setTimeout(() => response.end(name), delayMs)
    }
    return slow
  }

  get address(): string {
    return this.server.address
  }

  answer(text: string): void {
    this.held.shift()?.end(text)
  }
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 5))
}

for (const balance of [
  'round-robin',
  'least-connections',
  'random',
  'power-of-two',
  'least-time',
]) {
  test(`an endpoint that is full gets nothing more, others do: ${balance}`, async (context) => {
    const small = await SlowServer.start(context, 'small')
    const large = await SlowServer.start(context, 'large')
    const { port } = await startUpstream(context, {
      endpoints: [{ address: small.address, maxConnections: 1 }, large.address],
      balance,
    })
    const answers = Array.from({ length: 8 }, () => ask(port))
    await until(() => small.active + large.active === 8)
    assert.ok(small.active <= 1)
    for (let i = 0; i < 8; i++) {
      small.answer('small')
      large.answer('large')
    }
    for (const { status } of await Promise.all(answers)) assert.equal(status, 200)
  })
}

test('the limit is that of all workers together', async (context) => {
  const slow = await SlowServer.start(context, 'a', 10)
  const { port } = await startUpstream(
    context,
    { endpoints: [{ address: slow.address, maxConnections: 3 }] },
    ...['--workers', '2'],
  )
  const answers = await Promise.all(Array.from({ length: 60 }, () => ask(port)))
  for (const { status, body } of answers) assert.deepEqual([status, body], [200, 'a'])
  assert.equal(slow.most, 3)
})

test('a connection that nobody uses makes room for one of another worker', async (context) => {
  const slow = await SlowServer.start(context, 'a', 0)
  const { port } = await startUpstream(
    context,
    { endpoints: [{ address: slow.address, maxConnections: 1 }] },
    ...['--workers', '2'],
  )
  // Each connection may be another worker's.
  for (let i = 0; i < 40; i++) assert.equal((await ask(port)).status, 200)
  assert.equal(slow.most, 1)
})

test('who waits gets the endpoint that has room first', async (context) => {
  const one = await SlowServer.start(context, 'one')
  const other = await SlowServer.start(context, 'other')
  const { port } = await startUpstream(context, {
    endpoints: [one, other].map(({ address }) => ({ address, maxConnections: 1 })),
  })
  const answers = [ask(port), ask(port), ask(port), ask(port)]
  await until(() => one.active + other.active === 2)
  for (let i = 0; i < 3; i++) {
    other.answer('other')
    if (i < 2) await until(() => other.held.length === 1)
  }
  one.answer('one')
  const bodies = (await Promise.all(answers)).map(({ body }) => body)
  assert.deepEqual(bodies.sort(), ['one', 'other', 'other', 'other'])
})

test('who waits too long is refused, and so is who would be one too many', async (context) => {
  const slow = await SlowServer.start(context, 'a')
  const { port } = await startUpstream(context, {
    endpoints: [{ address: slow.address, maxConnections: 1 }],
    circuit: { maxPending: 1, pendingTimeout: '100ms' },
  })
  const first = ask(port)
  await until(() => slow.active === 1)
  const refused = await Promise.all([ask(port), ask(port)])
  assert.deepEqual(
    refused.map(({ status, headers }) => [status, headers['retry-after']]),
    [
      [503, '1'],
      [503, '1'],
    ],
  )
  slow.answer('first')
  assert.equal((await first).body, 'first')
  const next = ask(port)
  await until(() => slow.held.length === 1)
  slow.answer('next')
  assert.equal((await next).body, 'next')
})

test('a request whose endpoint cannot be reached waits for the one that can', async (context) => {
  const slow = await SlowServer.start(context, 'a')
  const dead = await SlowServer.start(context, 'dead')
  dead.server.kill()
  const { port } = await startUpstream(context, {
    endpoints: [dead, slow].map(({ address }) => ({ address, maxConnections: 1 })),
  })
  const answers = [ask(port), ask(port), ask(port)]
  for (let i = 0; i < 3; i++) {
    await until(() => slow.held.length === 1)
    slow.answer('a')
  }
  for (const { status, body } of await Promise.all(answers))
    assert.deepEqual([status, body], [200, 'a'])
})

test('connections of TCP wait for one that ends, over all workers', async (context) => {
  const server = await startRawServer(context)
  const running = await startConfig(
    context,
    {
      listeners: [{ address: '127.0.0.1:0', protocol: 'tcp', upstream: 'db' }],
      upstreams: { db: { endpoints: [{ address: server.address, maxConnections: 2 }] } },
    },
    ...['--workers', '2'],
  )
  const [port = 0] = running.ports
  const clients = []
  for (let i = 0; i < 6; i++) {
    const client = await connectRaw(context, port)
    client.write(`${i}`)
    clients.push(client)
  }
  const seen = new Set<string>()
  let open = [await server.connection(), await server.connection()]
  for (let served = 0; served < 6; ) {
    const [first] = open
    assert.ok(first)
    const name = await first.take(1)
    seen.add(name)
    first.write(`hello ${name}`)
    const client: ByteStream | undefined = clients[Number(name)]
    assert.equal(await client?.take(7), `hello ${name}`)
    assert.equal(server.accepted, Math.min(6, 2 + served))
    client?.end()
    first.end()
    served++
    open = open.slice(1)
    if (served <= 4) open.push(await server.connection())
  }
  assert.equal(seen.size, 6)
})

test('a connection of TCP that waits too long is closed', async (context) => {
  const server = await startRawServer(context)
  const running = await startConfig(context, {
    listeners: [{ address: '127.0.0.1:0', protocol: 'tcp', upstream: 'db' }],
    upstreams: {
      db: {
        endpoints: [{ address: server.address, maxConnections: 1 }],
        circuit: { pendingTimeout: '100ms' },
      },
    },
  })
  const [port = 0] = running.ports
  const first = await connectRaw(context, port)
  const peer = await server.connection()
  const second = await connectRaw(context, port)
  assert.equal(await second.over(), 'reset')
  peer.write('still here')
  assert.equal(await first.take(10), 'still here')
})
