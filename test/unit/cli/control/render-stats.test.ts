import assert from 'node:assert/strict'
import { test } from 'node:test'
import { renderStats } from '../../../../src/cli/control/render-stats.ts'
import type { RequestStats } from '../../../../src/orchestrator/metrics/request-stats.ts'
import type { Stats } from '../../../../src/orchestrator/metrics/stats.ts'

function requests(rate: number): RequestStats {
  return {
    total: rate * 10,
    requests: rate,
    codes: { none: 0, '2xx': rate, '3xx': 0, '4xx': 0, '5xx': 1 },
    failed: 2,
    abandoned: 0,
    retries: 0,
    requestBytes: 0,
    responseBytes: 2048,
    active: 3,
    latency: { count: rate, p50: 1.23, p90: 2, p99: 45.6, p999: 100, max: 1234 },
  }
}

const connections = {
  totalConnections: 12,
  openConnections: 3,
  connects: 1,
  failedConnects: 0,
  receivedBytes: 2048,
  sentBytes: 1024,
}

function stats(endpoints: number): Stats {
  const worker = {
    worker: 0,
    state: 'Ready',
    deaths: 0,
    lastDeath: '',
    cpu: 0.5,
    utilisation: 0.25,
    heapBytes: 7e6,
    lagMs: 1,
    connections: 12,
    accepts: 3,
    bytesRead: 0,
    bytesWritten: 0,
    requests: 1234,
    latency: requests(1234).latency,
  } as const
  return {
    time: 0,
    seconds: 1,
    process: { state: 'running', pid: 42, uptimeSeconds: 61, cpu: 0.5, residentBytes: 9e7 },
    total: { ...requests(1234), latency: { ...requests(1234).latency, buckets: [] } },
    listeners: [{ listener: 'web', ...requests(1234) }],
    routes: [{ listener: 'web', route: 'all', ...requests(1234) }],
    upstreams: [{ upstream: 'app', ...requests(1234) }],
    endpoints: Array.from({ length: endpoints }, (_, index) => ({
      upstream: 'app',
      address: `10.0.0.${index}:80`,
      state: index === 28 ? 'draining' : 'enabled',
      health: index === 27 ? 'unhealthy' : 'healthy',
      isEjected: index === 26,
      ejections: 0,
      weight: 1,
      isTcp: false,
      ...connections,
      ...requests(index),
    })),
    workers: [worker],
  }
}

test('fits a terminal of 80 by 24, however much there is to tell', () => {
  for (const endpoints of [0, 1, 5, 500]) {
    const lines = renderStats(stats(endpoints), 80, 24)
    assert.ok(lines.length <= 24, `${lines.length} lines`)
    for (const line of lines) assert.ok(line.length <= 80, line)
  }
})

test('tells rates, latencies, workers and the busiest endpoints first', () => {
  const lines = renderStats(stats(30), 80, 24)
  assert.equal(lines[0], 'sluice 42, running, up 1m 1s: CPU 50%, memory 90.0MB')
  assert.equal(lines[1], '1.2k requests/s, 3 in progress, 2.0 errors/s, in 0B/s, out 2.0kB/s')
  assert.equal(lines[2], 'p50 1.23 ms, p90 2.00, p99 45.6, p99.9 100, max 1234')
  assert.match(lines[5] ?? '', /^0 +Ready +50% +25% +7\.0MB +1\.00 +12 +3\.0 +0$/)
  const marks = lines.slice(9, 12).map((line) => line.split(/ +/)[2])
  assert.deepEqual(marks, ['draining', 'unhealthy', 'ejected'])
  assert.match(lines[8] ?? '', /^app 10\.0\.0\.29:80 +29 +0 +1\.0 +2\.0 +0 +1\.23 +45\.6$/)
})

test('everything is there when there is room', () => {
  const text = renderStats(stats(30), 200, Infinity).join('\n')
  for (const title of ['WORKER', 'ENDPOINT', 'ROUTE', 'LISTENER']) assert.ok(text.includes(title))
})

test('endpoints of TCP have connections and bytes instead of requests', () => {
  const { endpoints, ...rest } = stats(2)
  const tcp = endpoints.map((one) => ({ ...one, total: 0, isTcp: true }))
  const lines = renderStats({ ...rest, endpoints: tcp }, 80, 24)
  const at = lines.findIndex((line) => line.startsWith('TCP ENDPOINT'))
  assert.match(lines[at + 1] ?? '', /^app 10\.0\.0\.0:80 +3 +1\.0 +0 +2\.0k +1\.0k$/)
  assert.ok(!lines.some((line) => line.startsWith('ENDPOINT')))
})
