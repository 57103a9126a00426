import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { temporaryFolder } from '../support/temporary-script.ts'
import { AppServer } from './support/app-server.ts'
import { connectRaw } from './support/byte-stream.ts'
import { ask } from './support/load.ts'
import { startConfig } from './support/start-config.ts'

/** A server that answers when the test says so, and knows who has gone meanwhile. */
class HeldServer {
  readonly held: ServerResponse[] = []
  readonly seen: IncomingMessage[] = []
  /** Requests whose connection was closed before their answer. */
  gone = 0
  readonly server: AppServer

  constructor(server: AppServer) {
    this.server = server
    server.handler = (request, response) => {
      this.seen.push(request)
      this.held.push(response)
      response.on('close', () => {
        if (!response.writableFinished) this.gone++
      })
    }
  }

  static async start(context: TestContext, name: string): Promise<HeldServer> {
    return new HeldServer(await AppServer.start(context, name))
  }
}

async function start(
  context: TestContext,
  servers: readonly AppServer[],
  upstream: object = {},
): Promise<{ port: number; log: () => Promise<string[]> }> {
  const path = join(temporaryFolder(context), 'access.log')
  const endpoints = servers.map(({ address }) => address)
  const { sluice, ports } = await startConfig(context, {
    listeners: [{ address: '127.0.0.1:0', upstream: 'app' }],
    upstreams: { app: { endpoints, hedge: { after: '50ms' }, ...upstream } },
    accessLog: { path, format: '{method} {status} {endpoint} {attempts} {end}' },
  })
  return {
    port: ports[0] ?? 0,
    log: async () => {
      sluice.signal('SIGTERM')
      await sluice.exit()
      return readFileSync(path, 'utf8').trim().split('\n')
    },
  }
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 5))
}

test('who waits for a slow endpoint is answered by another one, once', async (context) => {
  const slow = await HeldServer.start(context, 'a')
  const fast = await AppServer.start(context, 'b')
  const retry = { minPerSecond: 1000 }
  // One request at a time: the next one shows that nothing was left behind.
  const circuit = { maxRequests: 1 }
  const { port, log } = await start(context, [slow.server, fast], { retry, circuit })
  for (let i = 0; i < 20; i++) {
    const { status, body } = await ask(port, { path: `/${i}` })
    assert.deepEqual([status, body], [200, 'b'])
  }
  const asked = slow.seen.length
  assert.ok(asked >= 10)
  await until(() => slow.gone === asked)
  const paths = slow.seen.map(({ url }) => url)
  assert.equal(new Set(paths).size, asked, 'nothing was sent twice to one endpoint')
  const lines = await log()
  assert.equal(lines.length, 20)
  const twice = lines.filter((one) => one === `GET 200 ${fast.address} 2 ok`).length
  // On a busy machine the fast one may be hedged as well, and answer before the slow one is asked.
  assert.ok(twice >= asked, `${twice} of ${asked} requests had a second attempt`)
  assert.equal(lines.filter((one) => one === `GET 200 ${fast.address} 1 ok`).length, 20 - twice)
})

test('the first answer counts, also if it is that of the first attempt', async (context) => {
  const [a, b] = [await HeldServer.start(context, 'a'), await HeldServer.start(context, 'b')]
  const { port, log } = await start(context, [a.server, b.server])
  const answer = ask(port, { headers: { 'x-mine': 'yes' } })
  await until(() => a.held.length + b.held.length === 2)
  assert.deepEqual([a.seen[0]?.headers['x-mine'], b.seen[0]?.headers['x-mine']], ['yes', 'yes'])
  a.held[0]?.end('first')
  assert.equal((await answer).body, 'first')
  await until(() => b.gone === 1)
  // The pool has the connection of the winner, and nothing of the other.
  const next = [ask(port), ask(port)]
  await until(() => a.held.length + b.held.length >= 4)
  for (const response of [...a.held, ...b.held]) if (!response.writableEnded) response.end('next')
  assert.deepEqual(
    (await Promise.all(next)).map(({ body }) => body),
    ['next', 'next'],
  )
  const [line] = await log()
  assert.equal(line, `GET 200 ${a.server.address} 2 ok`)
})

test('what has a body or may not be repeated is sent once', async (context) => {
  const [a, b] = [await HeldServer.start(context, 'a'), await HeldServer.start(context, 'b')]
  const { port } = await start(context, [a.server, b.server])
  const answers = [ask(port, { method: 'POST' }), ask(port, { method: 'PATCH' })]
  await until(() => a.held.length + b.held.length === 2)
  await new Promise((resolve) => setTimeout(resolve, 200))
  assert.equal(a.seen.length + b.seen.length, 2)
  for (const response of [...a.held, ...b.held]) response.end('x')
  assert.deepEqual(
    (await Promise.all(answers)).map(({ status }) => status),
    [200, 200],
  )
})

test('the budget for retries bounds second attempts', async (context) => {
  const [a, b] = [await HeldServer.start(context, 'a'), await HeldServer.start(context, 'b')]
  const retry = { budget: 0, minPerSecond: 2 }
  const { port } = await start(context, [a.server, b.server], { retry })
  const answers = Array.from({ length: 10 }, () => ask(port))
  await until(() => a.held.length + b.held.length === 12)
  await new Promise((resolve) => setTimeout(resolve, 150))
  assert.equal(a.seen.length + b.seen.length, 12)
  for (const response of [...a.held, ...b.held]) response.end('x')
  assert.deepEqual(
    (await Promise.all(answers)).map(({ body }) => body),
    new Array(10).fill('x'),
  )
})

test('a client that goes ends both attempts', async (context) => {
  const [a, b] = [await HeldServer.start(context, 'a'), await HeldServer.start(context, 'b')]
  const { port } = await start(context, [a.server, b.server])
  const gone = await connectRaw(context, port)
  gone.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  await until(() => a.held.length + b.held.length === 2)
  // One that only ended would wait for its answer, and so would we, until the time-out.
  gone.reset()
  await until(() => a.gone + b.gone === 2)
})

test('when one attempt fails, the other one goes on', async (context) => {
  const [a, b] = [await HeldServer.start(context, 'a'), await HeldServer.start(context, 'b')]
  const { port } = await start(context, [a.server, b.server], { retry: { attempts: 0 } })
  for (const [fails, answers] of [
    [a, b],
    [b, a],
  ] as const) {
    const answer = ask(port)
    await until(() => a.held.length === b.held.length && a.held.length > 0)
    fails.seen.at(-1)?.socket.resetAndDestroy()
    await until(() => fails.gone > 0)
    answers.held.at(-1)?.end('well')
    const { status, body } = await answer
    assert.deepEqual([status, body], [200, 'well'])
    for (const one of [a, b]) one.held.length = 0
  }
})

test('an only endpoint is not asked twice', async (context) => {
  const only = await HeldServer.start(context, 'a')
  const { port } = await start(context, [only.server])
  const answer = ask(port)
  await until(() => only.held.length === 1)
  await new Promise((resolve) => setTimeout(resolve, 150))
  assert.equal(only.seen.length, 1)
  only.held[0]?.end('x')
  assert.equal((await answer).body, 'x')
})
