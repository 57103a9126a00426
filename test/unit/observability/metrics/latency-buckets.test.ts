import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  LATENCY_BUCKETS,
  latencyBucket,
  latencyOf,
} from '../../../../src/observability/metrics/latency-buckets.ts'

test('every bucket is reached, in order', () => {
  let last = -1
  for (let micros = 0; micros < 2 ** 27; micros = Math.max(micros + 1, Math.floor(micros * 1.01))) {
    const bucket = latencyBucket(micros)
    assert.ok(bucket === last || bucket === last + 1, `${micros} µs`)
    last = bucket
  }
  assert.equal(last, LATENCY_BUCKETS - 1)
})

test('a duration is known to 1.6 %', () => {
  for (let micros = 1; micros < 2 ** 27 - 1; micros = Math.ceil(micros * 1.003)) {
    const error = Math.abs(latencyOf(latencyBucket(micros)) - micros) / micros
    assert.ok(error <= 0.016, `${micros} µs: ${error}`)
  }
})

test('the middle of a bucket is in that bucket', () => {
  for (let bucket = 0; bucket < LATENCY_BUCKETS; bucket++)
    assert.equal(latencyBucket(Math.floor(latencyOf(bucket))), bucket)
})

test('what is out of range counts as the shortest or the longest', () => {
  assert.equal(latencyBucket(-1), 0)
  assert.equal(latencyBucket(0.9), 0)
  assert.equal(latencyBucket(2 ** 27), LATENCY_BUCKETS - 1)
  assert.equal(latencyBucket(Number.MAX_SAFE_INTEGER), LATENCY_BUCKETS - 1)
})
