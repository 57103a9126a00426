import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  LATENCY_BUCKETS,
  latencyBucket,
} from '../../../../src/observability/metrics/latency-buckets.ts'
import {
  distributionsOf,
  isSubject,
  ofUpstream,
  ofWorker,
} from '../../../../src/orchestrator/metrics/distributions.ts'

function counts(...micros: number[]): Float64Array {
  const counted = new Float64Array(LATENCY_BUCKETS)
  for (const one of micros) {
    const bucket = latencyBucket(one)
    counted[bucket] = (counted[bucket] ?? 0) + 1
  }
  return counted
}

const DURATIONS = new Map([
  [ofWorker(0), counts(20, 20, 50)],
  [ofUpstream('api'), counts(50)],
  [ofUpstream('idle'), counts()],
])

test('those that are wanted are told, in milliseconds, without empty buckets', () => {
  assert.deepEqual(distributionsOf(DURATIONS, ['upstream:api', 'worker:0']), [
    { of: 'upstream:api', buckets: [[0.05, 1]] },
    {
      of: 'worker:0',
      buckets: [
        [0.02, 2],
        [0.05, 1],
      ],
    },
  ])
  assert.deepEqual(distributionsOf(DURATIONS, ['upstream:idle']), [
    { of: 'upstream:idle', buckets: [] },
  ])
})

test('of whom there is not, nothing is told', () => {
  assert.deepEqual(distributionsOf(DURATIONS, ['worker:7', 'upstream:none']), [])
})

test('workers and upstreams can be asked for', () => {
  for (const one of ['worker:0', 'worker:255', 'upstream:api', 'upstream:a_b-c.1'])
    assert.ok(isSubject(one), one)
  for (const one of ['', 'all', 'worker:', 'worker:x', 'upstream:', 'upstream:a b', 'listener:a'])
    assert.ok(!isSubject(one), one)
})
