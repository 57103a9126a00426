import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  LATENCY_BUCKETS,
  latencyBucket,
} from '../../../../src/observability/metrics/latency-buckets.ts'
import {
  cumulate,
  LATENCY_BOUNDS,
  summarize,
} from '../../../../src/observability/metrics/latency-summary.ts'

/** Durations in microseconds that differ much, in no order, always the same. */
function durations(): number[] {
  let seed = 42
  return Array.from({ length: 20_000 }, () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2 ** 31
    return Math.round(50 * 2 ** ((seed / 2 ** 31) * 15))
  })
}

function count(values: readonly number[]): Float64Array {
  const counts = new Float64Array(LATENCY_BUCKETS)
  for (const value of values) {
    const bucket = latencyBucket(value)
    counts[bucket] = (counts[bucket] ?? 0) + 1
  }
  return counts
}

test('percentiles are those of the durations, to 2 %', async () => {
  const values = durations().sort((one, other) => one - other)
  const summary = await summarize(count(values))
  assert.equal(summary.count, values.length)
  const exact = (share: number) => (values[Math.ceil(values.length * share) - 1] ?? 0) / 1000
  for (const [share, found] of [
    [0.5, summary.p50],
    [0.9, summary.p90],
    [0.99, summary.p99],
    [0.999, summary.p999],
    [1, summary.max],
  ] as const) {
    const error = Math.abs(found - exact(share)) / exact(share)
    assert.ok(error <= 0.02, `${share}: ${found} instead of ${exact(share)}`)
  }
})

test('without durations all percentiles are 0', async () => {
  const { count: total, p50, max } = await summarize(new Float64Array(LATENCY_BUCKETS))
  assert.deepEqual([total, p50, max], [0, 0, 0])
})

test('cumulative counts are right up to the width of a bucket', () => {
  const values = durations()
  const cumulative = cumulate(count(values))
  for (const [index, bound] of LATENCY_BOUNDS.entries()) {
    const below = (limit: number) => values.filter((value) => value <= limit).length
    const found = cumulative[index] ?? Number.NaN
    assert.ok(found >= below(bound * 1e6 * 0.984), `${bound} s`)
    assert.ok(found <= below(bound * 1e6 * 1.016), `${bound} s`)
  }
})
