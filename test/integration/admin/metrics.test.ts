import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { type TestContext, test } from 'node:test'
import { findFreePort } from '../../../bench/load/process/free-port.ts'
import { temporaryScript } from '../../support/temporary-script.ts'
import { connectRaw, exchange } from '../support/byte-stream.ts'
import { curl } from '../support/curl.ts'
import { answering, response, startRawServer } from '../support/raw-server.ts'
import { scrapeUntil } from '../support/scrape.ts'
import { type RunningAdmin, startAdmin } from '../support/start-admin.ts'

async function startLb(context: TestContext, to: readonly string[]): Promise<RunningAdmin> {
  const endpoints = to.flatMap((address) => ['--to', address])
  return startAdmin(context, ['lb', '--listen', '127.0.0.1:0', ...endpoints, '--workers', '2'])
}

test('requests are counted by listener, route, upstream and endpoint, over all workers', async (context) => {
  const upstreams = await Promise.all(
    [0, 1].map(() =>
      startRawServer(
        context,
        answering(() => response('12345')),
      ),
    ),
  )
  const addresses = upstreams.map(({ address }) => address)
  const admin = await startLb(context, addresses)
  const url = `http://127.0.0.1:${admin.ports[0]}/`
  const requests = 20
  // A connection each, so that both workers have some.
  for (let i = 0; i < requests; i++) await curl('-o', '/dev/null', '-d', 'abc', url)
  const good = { code: '2xx' }
  const found = await scrapeUntil(
    admin,
    (one) => one.sum('sluice_listener_requests_total', good) === requests,
  )
  assert.equal(found.sum('sluice_route_requests_total', good), requests)
  assert.equal(
    found.sum('sluice_upstream_requests_total', { ...good, upstream: 'default' }),
    requests,
  )
  const perEndpoint = addresses.map((endpoint) =>
    found.sum('sluice_endpoint_requests_total', { ...good, endpoint }),
  )
  assert.equal(
    perEndpoint.reduce((sum, count) => sum + count),
    requests,
  )
  assert.ok(
    perEndpoint.every((count) => count > 0),
    String(perEndpoint),
  )
  assert.equal(found.sum('sluice_listener_requests_total'), requests)
  assert.equal(found.sum('sluice_listener_request_body_bytes_total'), 3 * requests)
  assert.equal(found.sum('sluice_listener_response_body_bytes_total'), 5 * requests)
  assert.equal(found.sum('sluice_listener_active_requests'), 0)
  assert.equal(found.sum('sluice_workers', { state: 'Ready' }), 2)
  assert.equal(found.sum('sluice_listener_duration_seconds_count'), requests)
  assert.equal(found.sum('sluice_listener_duration_seconds_bucket', { le: '+Inf' }), requests)
  assert.ok(found.sum('sluice_listener_duration_seconds_sum') > 0)
})

test('failed requests and retries are told apart', async (context) => {
  const upstream = await startRawServer(
    context,
    answering(() => response('x')),
  )
  const dead = `127.0.0.1:${await findFreePort()}`
  const admin = await startLb(context, [dead, upstream.address])
  const url = `http://127.0.0.1:${admin.ports[0]}/`
  for (let i = 0; i < 8; i++) await curl('-o', '/dev/null', url)
  upstream.close()
  upstream.dropAll()
  await curl('-o', '/dev/null', url)
  const found = await scrapeUntil(admin, (one) => one.sum('sluice_listener_requests_total') === 9)
  assert.equal(found.sum('sluice_listener_requests_total', { code: '2xx' }), 8)
  assert.equal(found.sum('sluice_listener_requests_total', { code: '5xx' }), 1)
  assert.equal(found.sum('sluice_listener_failed_requests_total'), 1)
  // At least the first request of a worker has tried the dead endpoint, or the last one has.
  assert.ok(found.sum('sluice_upstream_retries_total') >= 1)
})

test('a client that goes is counted, and a request in progress is shown', async (context) => {
  const upstream = await startRawServer(context)
  const admin = await startLb(context, [upstream.address])
  const client = await connectRaw(context, admin.ports[0] as number)
  client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  await upstream.connection()
  await scrapeUntil(admin, (one) => one.sum('sluice_listener_active_requests') === 1)
  client.reset()
  const found = await scrapeUntil(
    admin,
    (one) => one.sum('sluice_listener_abandoned_requests_total') === 1,
  )
  assert.equal(found.sum('sluice_listener_active_requests'), 0)
  assert.equal(found.sum('sluice_listener_requests_total', { code: 'none' }), 1)
})

test('reactor and limits are counted by worker, and go on in another thread', async (context) => {
  const upstream = await startRawServer(
    context,
    answering(() => response('x')),
  )
  const admin = await startLb(context, [upstream.address])
  const port = admin.ports[0] as number
  for (let i = 0; i < 6; i++) await curl('-o', '/dev/null', `http://127.0.0.1:${port}/`)
  const refused = await exchange(context, port, 'GET / HTTP/1.1\r\n\r\n')
  assert.match(refused.startLine, / 400 /)
  const accepts = 'sluice_worker_accepts_total'
  const found = await scrapeUntil(admin, (one) => one.sum(accepts) === 7)
  assert.equal(found.find(accepts).length, 2)
  assert.equal(found.sum('sluice_worker_bad_requests_total'), 1)
  assert.ok(found.sum('sluice_worker_bytes_read_total') > 6 * 100)
  // A smaller number ends a worker, a larger one starts another in its place.
  await admin.call('PUT', '/api/v1/workers', { count: 1 })
  await admin.call('PUT', '/api/v1/workers', { count: 2 })
  const later = await scrapeUntil(admin, (one) => one.find(accepts).length === 2)
  assert.ok(later.sum(accepts) >= 7)
})

test('counters go on when the number of workers changes', async (context) => {
  const upstream = await startRawServer(
    context,
    answering(() => response('x')),
  )
  const admin = await startLb(context, [upstream.address])
  const url = `http://127.0.0.1:${admin.ports[0]}/`
  for (let i = 0; i < 10; i++) await curl('-o', '/dev/null', url)
  await admin.call('PUT', '/api/v1/workers', { count: 1 })
  for (let i = 0; i < 5; i++) await curl('-o', '/dev/null', url)
  await admin.call('PUT', '/api/v1/workers', { count: 2 })
  for (let i = 0; i < 5; i++) await curl('-o', '/dev/null', url)
  const found = await scrapeUntil(admin, (one) => one.sum('sluice_listener_requests_total') === 20)
  assert.equal(found.find('sluice_worker_cpu_seconds_total').length, 2)
})

/** What a script does for so long that no turn of a worker that rests takes it. */
const LONG_TURN_SECONDS = 0.1

test('workers tell how long they work and wait, and their longest turn', async (context) => {
  const file = temporaryScript(
    context,
    `pipy().listen(0, { host: '127.0.0.1' }).decodeHttpRequest()
      .replaceMessage(() => (repeat(30, () => (repeat(1000000, () => 1), 1)), new Message('late'))).encodeHttpResponse()`,
  )
  const admin = await startAdmin(context, [file, '--workers', '1'])
  // The longest turn of an interval: the start is over.
  const idle = await scrapeUntil(admin, (one) => {
    const longest = one.sum('sluice_worker_longest_turn_seconds')
    return one.sum('sluice_worker_turns_total') > 0 && longest < LONG_TURN_SECONDS
  })
  assert.ok(idle.sum('sluice_worker_idle_seconds_total') > 0)
  const before = idle.sum('sluice_worker_busy_seconds_total')
  await curl(`http://127.0.0.1:${admin.ports[0]}/`)
  let longest = 0
  const found = await scrapeUntil(admin, (one) => {
    longest = Math.max(longest, one.sum('sluice_worker_longest_turn_seconds'))
    return longest > LONG_TURN_SECONDS
  })
  assert.ok(found.sum('sluice_worker_busy_seconds_total') - before >= longest)
  const total = ['busy', 'idle'].map((one) => found.sum(`sluice_worker_${one}_seconds_total`))
  assert.ok(Number(total[0]) + Number(total[1]) <= found.sum('sluice_uptime_seconds'))
  const [worker] = (await admin.call('GET', '/api/v1/stats')).json.workers
  assert.ok(worker.utilisation > 0 && worker.utilisation < 1, String(worker.utilisation))
})

test('the connections of scripts are counted by listener', async (context) => {
  const file = temporaryScript(
    context,
    `pipy().listen(0, { host: '127.0.0.1' }).decodeHttpRequest()
      .replaceMessage(new Message('x')).encodeHttpResponse()`,
  )
  const admin = await startAdmin(context, [file, '--workers', '1'])
  const port = admin.ports[0] as number
  const stays = await connectRaw(context, port)
  assert.equal((await stays.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n').message()).body, 'x')
  await curl(`http://127.0.0.1:${port}/`)
  const found = await scrapeUntil(
    admin,
    (one) =>
      one.sum('sluice_listener_connections_total') === 2 &&
      one.sum('sluice_listener_open_connections') === 1,
  )
  assert.equal(found.sum('sluice_listener_connection_duration_seconds_count'), 1)
  // Nobody knows of a pipeline whether it passes bytes as they are.
  assert.throws(() => found.find('sluice_listener_tcp_received_bytes_total'), /no metric/)
})

test('connections of a listener that was removed are gone with their worker', async (context) => {
  const first = `pipy().listen(0, { host: '127.0.0.1' }).decodeHttpRequest()
    .replaceMessage(() => repeat(() => true)).encodeHttpResponse()`
  const port = await findFreePort()
  const both = `${first}.listen(${port}, { host: '127.0.0.1' }).replaceData(data => data)`
  const file = temporaryScript(context, both)
  const admin = await startAdmin(context, [file, '--workers', '1', '--hang-timeout', '1s'], 2)
  const open = { listener: `127.0.0.1:${port}` }
  await connectRaw(context, port)
  await scrapeUntil(admin, (one) => one.sum('sluice_listener_open_connections', open) === 1)
  writeFileSync(file, first)
  assert.equal((await admin.call('POST', '/api/v1/config/reload')).status, 200)
  await curl(`http://127.0.0.1:${admin.ports[0]}/`)
  await scrapeUntil(admin, (one) => one.sum('sluice_worker_deaths_total') === 1)
  writeFileSync(file, both)
  assert.equal((await admin.call('POST', '/api/v1/config/reload')).status, 200)
  const found = await scrapeUntil(
    admin,
    (one) => one.sum('sluice_workers', { state: 'Ready' }) === 1,
  )
  assert.equal(found.sum('sluice_listener_open_connections', open), 0)
})
