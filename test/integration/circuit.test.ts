import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { type TestContext, test } from 'node:test'
import { AppServer } from './support/app-server.ts'
import { connectRaw } from './support/byte-stream.ts'
import { ask } from './support/load.ts'
import { startUpstream } from './support/start-upstream.ts'

/** A server that answers when the test says so. */
async function start(
  context: TestContext,
  circuit: Readonly<Record<string, unknown>>,
): Promise<{ port: number; held: ServerResponse[]; server: AppServer }> {
  const server = await AppServer.start(context, 'a')
  const held: ServerResponse[] = []
  server.handler = (_, response) => held.push(response)
  const { port } = await startUpstream(context, { endpoints: [server.address], circuit })
  return { port, held, server }
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 5))
}

test('more requests than allowed are refused at once, and told to come again', async (context) => {
  const { port, held } = await start(context, { maxRequests: 2 })
  const first = [ask(port), ask(port)]
  await until(() => held.length === 2)
  const { status, headers } = await ask(port)
  assert.deepEqual([status, headers['retry-after']], [503, '1'])
  for (const response of held.splice(0)) response.end('late')
  assert.deepEqual(
    (await Promise.all(first)).map(({ status }) => status),
    [200, 200],
  )
  const next = ask(port)
  await until(() => held.length === 1)
  held[0]?.end('again')
  assert.equal((await next).body, 'again')
})

test('requests wait for a connection, so many and no more', async (context) => {
  const { port, held, server } = await start(context, { maxConnections: 1, maxPending: 1 })
  const first = ask(port)
  await until(() => held.length === 1)
  const answers = [ask(port), ask(port)]
  const refused = await Promise.race(answers)
  assert.equal(refused.status, 503)
  assert.equal(server.requests, 1)
  held[0]?.end('first')
  assert.equal((await first).body, 'first')
  await until(() => held.length === 2)
  held[1]?.end('second')
  const all = await Promise.all(answers)
  assert.deepEqual(all.map(({ status }) => status).sort(), [200, 503])
})

test('a request that has waited too long for a connection is refused', async (context) => {
  const { port, held } = await start(context, { maxConnections: 1, pendingTimeout: '100ms' })
  const first = ask(port)
  await until(() => held.length === 1)
  const waiting = await Promise.all([ask(port), ask(port)])
  assert.deepEqual(
    waiting.map(({ status, headers }) => [status, headers['retry-after']]),
    [
      [503, '1'],
      [503, '1'],
    ],
  )
  held[0]?.end('first')
  assert.equal((await first).status, 200)
  const next = ask(port)
  await until(() => held.length === 2)
  held[1]?.end('next')
  assert.equal((await next).body, 'next')
})

test('a client that goes gives its place to another', async (context) => {
  const { port, held } = await start(context, { maxRequests: 1 })
  const gone = await connectRaw(context, port)
  gone.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  await until(() => held.length === 1)
  // One that only ended would get its answer, and have its place for so long.
  gone.reset()
  const next = (async () => {
    for (;;) {
      const answer = await ask(port)
      if (answer.status !== 503) return answer
    }
  })()
  await until(() => held.length === 2)
  held[1]?.end('next')
  assert.equal((await next).body, 'next')
})
