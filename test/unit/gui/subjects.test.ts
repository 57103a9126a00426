import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { GuiStats, WorkerStats } from '../../../src/admin/gui/contract.ts'
import { idleStats } from '../../../src/admin/gui/idle-stats.ts'
import { guiModule } from '../../support/gui-module.ts'

const { subjectsOf, latencyOf, bucketsOf } = await guiModule<{
  subjectsOf: (latest: GuiStats) => Record<string, { id: string; name: string }[]>
  latencyOf: (stats: GuiStats, id: string) => { p50: number } | undefined
  bucketsOf: (stats: GuiStats, id: string) => unknown
}>('dashboard/subjects.ts')

const idle = idleStats()
const latency = (p50: number) => ({ ...idle.total.latency, p50 })
const worker: WorkerStats = {
  ...{ worker: 0, deaths: 0, lastDeath: '', cpu: 0, utilisation: 0, heapBytes: 0 },
  state: 'Ready',
  ...{ lagMs: 0, connections: 0, accepts: 0, bytesRead: 0, bytesWritten: 0, requests: 0 },
  latency: latency(2),
}

const STATS: GuiStats = {
  ...idle,
  total: { ...idle.total, latency: { ...latency(1), buckets: [[1, 5]] } },
  upstreams: [{ ...idle.total, upstream: 'api', latency: latency(3) }],
  workers: [worker, { ...worker, latency: latency(0) }, { ...worker, worker: 1 }],
  distributions: [{ of: 'upstream:api', buckets: [[3, 2]] }],
}

test('there are those who count requests; a worker and its successor are one', () => {
  assert.deepEqual(subjectsOf(STATS), {
    Workers: [
      { id: 'worker:0', name: 'worker 0' },
      { id: 'worker:1', name: 'worker 1' },
    ],
    Upstreams: [{ id: 'upstream:api', name: 'api' }],
  })
})

test('each has latencies of its own', () => {
  const p50 = (id: string): number | undefined => latencyOf(STATS, id)?.p50
  assert.deepEqual(['all', 'worker:0', 'upstream:api', 'upstream:none', 'worker:9'].map(p50), [
    1,
    2,
    3,
    undefined,
    undefined,
  ])
})

test('a distribution is known of all, and of those that were asked for', () => {
  assert.deepEqual(bucketsOf(STATS, 'all'), [[1, 5]])
  assert.deepEqual(bucketsOf(STATS, 'upstream:api'), [[3, 2]])
  assert.equal(bucketsOf(STATS, 'worker:0'), undefined)
  assert.equal(bucketsOf(idle, 'upstream:api'), undefined)
})
