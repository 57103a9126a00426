import assert from 'node:assert/strict'
import { test } from 'node:test'
import { AppServer } from './support/app-server.ts'
import { Load } from './support/load.ts'
import { startUpstream } from './support/start-upstream.ts'

const PROBES = { path: '/health', interval: '100ms', unhealthyInterval: '50ms', timeout: '2s' }

for (const workers of ['1', '2']) {
  test(`an endpoint that is killed costs no request and returns, ${workers} workers`, async (context) => {
    const [a, b] = [await AppServer.start(context, 'a'), await AppServer.start(context, 'b')]
    const { sluice, port } = await startUpstream(
      context,
      { endpoints: [a.address, b.address], health: PROBES, retry: { minPerSecond: 1000 } },
      '--workers',
      workers,
    )
    const load = new Load(context, port, 8)
    await load.until(() => load.count('200 a') > 50 && load.count('200 b') > 50)
    a.kill()
    await sluice.line(/app: \S+ is unhealthy: connect ECONNREFUSED/)
    await load.more(100)
    await a.listen()
    const before = load.count('200 a')
    await load.until(() => load.count('200 a') > before + 20)
    await load.stop()
    assert.deepEqual(load.failures, [])
    assert.deepEqual([...load.counts.keys()].sort(), ['200 a', '200 b'])
  })
}

/** Resolves when an endpoint has got so many probes; tells when the first and the last came. */
async function probesOf(
  server: AppServer,
  count: number,
): Promise<{ elapsedMs: number; mostAtOnce: number }> {
  const { handler } = server
  const came: number[] = []
  let inProgress = 0
  let mostAtOnce = 0
  await new Promise<void>((resolve) => {
    server.handler = (request, response) => {
      if (request.url !== '/health') return handler(request, response)
      came.push(performance.now())
      mostAtOnce = Math.max(mostAtOnce, ++inProgress)
      setTimeout(() => {
        inProgress--
        response.end()
      }, 20)
      if (came.length === count) resolve()
    }
  })
  return { elapsedMs: (came.at(-1) ?? 0) - (came[0] ?? 0), mostAtOnce }
}

for (const workers of ['1', '4']) {
  test(`an endpoint gets one probe per interval, not one per worker: ${workers} workers`, async (context) => {
    const [a, b] = [await AppServer.start(context, 'a'), await AppServer.start(context, 'b')]
    const health = { path: '/health', interval: '100ms', unhealthyInterval: '100ms', timeout: '1m' }
    const probes = [a, b].map((server) => probesOf(server, 21))
    const upstream = { endpoints: [a.address, b.address], health }
    const { port } = await startUpstream(context, upstream, '--workers', workers)
    // All workers have requests, and so all make use of what the probes find.
    const load = new Load(context, port, 4)
    for (const { elapsedMs, mostAtOnce } of await Promise.all(probes)) {
      // A loaded machine makes intervals longer, and so there are more of them, never fewer.
      const intervals = elapsedMs / 100
      assert.ok(intervals > 20 * 0.7, `20 further probes within ${intervals} intervals`)
      assert.equal(mostAtOnce, 1)
    }
    await load.stop()
    assert.deepEqual(load.failures, [])
  })
}

test('an endpoint whose probes fail gets no requests, although it answers them', async (context) => {
  const [a, b] = [await AppServer.start(context, 'a'), await AppServer.start(context, 'b')]
  let isSick = true
  a.handler = ({ url }, response) => {
    if (url === '/health' && isSick) response.statusCode = 500
    response.end('a')
  }
  const { sluice, port } = await startUpstream(context, {
    endpoints: [a.address, b.address],
    health: { ...PROBES, healthyThreshold: 1 },
  })
  await sluice.line(/app: \S+ is unhealthy: status 500/)
  const load = new Load(context, port, 2)
  await load.more(50)
  assert.equal(load.count('200 a'), 0)
  isSick = false
  await load.until(() => load.count('200 a') > 10)
  assert.deepEqual(load.failures, [])
})

test('all endpoints unhealthy: all are used', async (context) => {
  const [a, b] = [await AppServer.start(context, 'a'), await AppServer.start(context, 'b')]
  for (const [server, name] of [
    [a, 'a'],
    [b, 'b'],
  ] as const) {
    server.handler = ({ url }, response) => {
      response.writeHead(url === '/health' ? 503 : 200).end(name)
    }
  }
  const { sluice, port } = await startUpstream(context, {
    endpoints: [a.address, b.address],
    health: PROBES,
  })
  await sluice.line(/is unhealthy(?:.|\n)*is unhealthy/)
  const load = new Load(context, port, 2)
  await load.more(40)
  assert.ok(load.count('200 a') > 10 && load.count('200 b') > 10, String([...load.counts]))
})

test('a slow endpoint is left out, on all workers, and traffic stays with the others', async (context) => {
  const [a, b] = [await AppServer.start(context, 'a'), await AppServer.start(context, 'b')]
  const { sluice, port } = await startUpstream(
    context,
    {
      endpoints: [a.address, b.address],
      ejection: { minRequests: 5, duration: '10m', maxDuration: '10m' },
    },
    '--workers',
    '2',
  )
  const load = new Load(context, port, 16)
  await load.until(() => load.count('200 a') > 100 && load.count('200 b') > 100)
  a.handler = (_, response) => setTimeout(() => response.end('a'), 1000)
  await sluice.line(/app: \S+ is left out: took \d+ ms on average, the others/)
  // What was under way is still answered.
  await load.until(() => load.count('200 a') >= a.requests)
  const before = a.requests
  await load.more(200)
  assert.equal(a.requests, before)
  assert.deepEqual(load.failures, [])
})

test('an endpoint that answers 500 again and again is left out; one of two always stays', async (context) => {
  const [a, b] = [await AppServer.start(context, 'a'), await AppServer.start(context, 'b')]
  const failing = (_: unknown, response: { writeHead(status: number): { end(): void } }): void => {
    response.writeHead(500).end()
  }
  a.handler = failing
  const { port } = await startUpstream(context, {
    endpoints: [a.address, b.address],
    ejection: { consecutiveFailures: 3, errorRate: 0, duration: '10m', maxDuration: '10m' },
  })
  const load = new Load(context, port, 1)
  await load.more(50)
  assert.equal(load.count('500 '), 3)
  b.handler = failing
  await load.until(() => load.count('500 ') > 20)
  assert.equal(a.requests, 3)
})

test('backups get requests only while those before them are down', async (context) => {
  const [a, b] = [await AppServer.start(context, 'a'), await AppServer.start(context, 'b')]
  const { sluice, port } = await startUpstream(context, {
    endpoints: [a.address, { address: b.address, priority: 1 }],
    health: PROBES,
  })
  const load = new Load(context, port, 4)
  await load.more(50)
  assert.equal(load.count('200 b'), 0)
  a.kill()
  await load.until(() => load.count('200 b') > 20)
  await sluice.line(/is unhealthy/)
  await a.listen()
  await load.until(() => load.count('200 a') > 100)
  assert.deepEqual(load.failures, [])
})
