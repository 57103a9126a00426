import assert from 'node:assert/strict'
import { test } from 'node:test'
import { latencyBucket } from '../../../../src/observability/metrics/latency-buckets.ts'
import { MetricsMemory } from '../../../../src/observability/metrics/metrics-memory.ts'
import {
  REQUEST_FIELDS,
  REQUEST_GROUP,
} from '../../../../src/observability/metrics/request-fields.ts'
import type { Series } from '../../../../src/orchestrator/metrics/metrics.ts'
import {
  WorkerReader,
  type WorkerStats,
} from '../../../../src/orchestrator/metrics/worker-stats.ts'

const SECONDS = 2

/** Workers that have counted requests of some listeners and one upstream. */
class Counted {
  readonly memory = new MetricsMemory()
  series: readonly Series[]
  readonly reader: WorkerReader

  constructor(...listeners: string[]) {
    const upstream = this.#series('upstream', 'api')
    this.series = [...listeners.map((name) => this.#series('listener', name)), upstream]
    this.reader = new WorkerReader(this)
  }

  /** Only these listeners are left. */
  keep(...listeners: string[]): void {
    this.series = listeners.map((name) => this.#series('listener', name))
  }

  /** Requests that took so long. */
  count(slot: number, name: string, ms: number, requests: number): void {
    const stripe = this.memory.stripe(slot)
    const at = this.series.find(({ labels }) => Object.values(labels)[0] === name)?.at ?? 0
    for (const field of [REQUEST_FIELDS.status + 2, bucketOf(ms)])
      stripe[at + field] = (stripe[at + field] ?? 0) + requests
  }

  async read(...slots: number[]): Promise<Reading> {
    const { workers, durations } = await this.reader.read(
      slots.map((worker) => ({ worker, state: 'Ready', deaths: 0, lastDeath: '' })),
      SECONDS,
    )
    return { workers, durations }
  }

  #series(scope: Series['scope'], name: string): Series {
    const at = this.memory.place(`${scope} ${name}`, REQUEST_GROUP)
    return { scope, labels: { [scope]: name }, at }
  }
}

type Reading = Awaited<ReturnType<WorkerReader['read']>>

function bucketOf(ms: number): number {
  return REQUEST_FIELDS.buckets + latencyBucket(ms * 1000)
}

/** With durations as tens of milliseconds, so that it is no matter which bucket they were in. */
function facts({ requests, latency }: WorkerStats): unknown {
  const tens = (ms: number): number => Math.round(ms / 10) * 10
  return [requests, latency.count, tens(latency.p50), tens(latency.max)]
}

test('each worker has the requests of all listeners, and no others', async () => {
  const counted = new Counted('web', 'api')
  counted.count(0, 'web', 10, 6)
  counted.count(0, 'api', 40, 4)
  counted.count(1, 'web', 80, 2)
  const { workers, durations } = await counted.read(0, 1)
  assert.deepEqual(workers.map(facts), [
    [5, 10, 10, 40],
    [1, 2, 80, 80],
  ])
  const of = (slot: number): number[] => [...(durations.get(slot) ?? [])].filter((n) => n > 0)
  assert.deepEqual([of(0), of(1)], [[6, 4], [2]])
})

test('an interval has what was counted in it', async () => {
  const counted = new Counted('web')
  counted.count(0, 'web', 10, 6)
  await counted.read(0)
  counted.count(0, 'web', 20, 2)
  assert.deepEqual((await counted.read(0)).workers.map(facts), [[1, 2, 20, 20]])
  assert.deepEqual((await counted.read(0)).workers.map(facts), [[0, 0, 0, 0]])
})

test('listeners that go and come again take and bring nothing', async () => {
  const counted = new Counted('web', 'other')
  counted.count(0, 'web', 10, 6)
  counted.count(0, 'other', 10, 6)
  await counted.read(0)
  counted.keep('web')
  counted.count(0, 'web', 20, 2)
  assert.deepEqual((await counted.read(0)).workers.map(facts), [[1, 2, 20, 20]])
  counted.keep('web', 'other')
  assert.deepEqual((await counted.read(0)).workers.map(facts), [[0, 0, 0, 0]])
})

test('a worker that is going beside its successor does not hide what the slot did', async () => {
  const counted = new Counted('web')
  counted.count(0, 'web', 10, 6)
  const { durations } = await counted.read(0, 0)
  assert.equal(durations.get(0)?.[latencyBucket(10_000)], 6)
})
