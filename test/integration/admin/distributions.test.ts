import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { NamedDistribution } from '../../../src/orchestrator/metrics/distributions.ts'
import type { Stats } from '../../../src/orchestrator/metrics/stats.ts'
import { AppServer } from '../support/app-server.ts'
import { curl } from '../support/curl.ts'
import { eventsOf } from '../support/events-of.ts'
import { type RunningAdmin, startAdmin } from '../support/start-admin.ts'
import { temporaryFiles } from '../support/start-gui.ts'

/** So slow that no machine is by itself. */
const SLOW_MS = 200

type Told = Stats & { readonly distributions?: readonly NamedDistribution[] }

/** A load balancer with an upstream that answers at once, and one that does not. */
async function startLb(context: TestContext): Promise<RunningAdmin> {
  const fast = await AppServer.start(context, 'fast')
  const slow = await AppServer.start(context, 'slow')
  slow.handler = (_, response) => setTimeout(() => response.end('slow'), SLOW_MS)
  const root = temporaryFiles(context, {
    'lb.yaml': `listeners:
  - { name: fast, address: 127.0.0.1:0, upstream: fast }
  - { name: slow, address: 127.0.0.1:0, upstream: slow }
upstreams:
  fast: { endpoints: [${fast.address}] }
  slow: { endpoints: [${slow.address}] }
`,
  })
  return startAdmin(context, [`${root}/lb.yaml`, '--workers', '1'], 2)
}

async function ask({ ports }: RunningAdmin): Promise<void> {
  await Promise.all(ports.map((port) => curl(`http://127.0.0.1:${port}/`)))
}

test('a stream has the distributions that it asks for, and each upstream its own', async (context) => {
  const admin = await startLb(context)
  const seen = new Map<string, [milliseconds: number, count: number][]>()
  const asked = 'upstream:fast,upstream:slow,worker:0,upstream:none,worker:9'
  for await (const { data } of eventsOf(admin.url, `stats&distributions=${asked}`)) {
    const { distributions = [], total, workers, upstreams } = data as Told
    assert.deepEqual(
      distributions.map((one) => one.of),
      ['upstream:fast', 'upstream:slow', 'worker:0'],
    )
    // One worker has done all.
    assert.deepEqual(distributions[2]?.buckets, total.latency.buckets)
    assert.deepEqual(workers[0]?.latency.p99, total.latency.p99)
    assert.equal(workers[0]?.requests, total.requests)
    for (const { of, buckets } of distributions)
      seen.set(of, [
        ...(seen.get(of) ?? []),
        ...buckets.map(([ms, n]): [number, number] => [ms, n]),
      ])
    for (const { upstream, latency } of upstreams) {
      const { buckets = [] } = distributions.find((one) => one.of === `upstream:${upstream}`) ?? {}
      assert.equal(
        latency.count,
        buckets.reduce((sum, [, count]) => sum + count, 0),
      )
    }
    const [fast = [], slow = []] = [seen.get('upstream:fast'), seen.get('upstream:slow')]
    if (fast.length > 0 && slow.length > 0) {
      assert.ok(slow.every(([ms]) => ms > SLOW_MS * 0.95))
      assert.ok(fast.some(([ms]) => ms < SLOW_MS * 0.95))
      break
    }
    await ask(admin)
  }
})

test('who asks for none has none, also beside one who does', async (context) => {
  const admin = await startLb(context)
  const one = eventsOf(admin.url, 'stats&distributions=worker:0')
  const other = eventsOf(admin.url, 'stats')
  const read = async (stream: typeof one): Promise<Told> => (await stream.next()).value?.data
  const [asked, plain] = await Promise.all([read(one), read(other)])
  assert.deepEqual(asked.distributions, [{ of: 'worker:0', buckets: [] }])
  assert.ok(!('distributions' in plain))
  await one.return(undefined)
  await other.return(undefined)
})

test('what nobody can have is refused, and so are more than eight', async (context) => {
  const admin = await startLb(context)
  const of = async (wanted: string): Promise<unknown[]> => {
    const { status, json } = await admin.call('GET', `/api/v1/events?distributions=${wanted}`)
    return [status, json.error, json.message]
  }
  assert.deepEqual(await of('worker:0,route:a'), [
    400,
    'no_distribution',
    'no distributions of route:a: want worker:<number> or upstream:<name>',
  ])
  const nine = Array.from({ length: 9 }, (_, index) => `worker:${index}`)
  assert.deepEqual(await of(nine.join(',')), [
    400,
    'too_many_distributions',
    '9 distributions: at most 8 for each stream',
  ])
  const { paths } = (await admin.call('GET', '/api/v1/openapi.json')).json
  const parameters: { name: string; description?: string }[] =
    paths['/api/v1/events'].get.parameters
  const described = parameters.find(({ name }) => name === 'distributions')
  assert.match(described?.description ?? '', /at most 8/)
})
