import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RequestInfo } from '../../../src/engine/request-info.ts'
import { latencyBucket } from '../../../src/observability/metrics/latency-buckets.ts'
import { REQUEST_FIELDS, REQUEST_GROUP } from '../../../src/observability/metrics/request-fields.ts'
import { RequestMetrics } from '../../../src/worker/request-metrics.ts'

/** Groups: 0 listener, 1 and 2 routes, 3 upstream, 4 and 5 endpoints. */
const PLAN = {
  listeners: [0],
  routes: [[REQUEST_GROUP, 2 * REQUEST_GROUP]],
  upstreams: [3 * REQUEST_GROUP],
  targets: [],
  policies: [-1],
  connections: [-1],
  endpoints: [[4 * REQUEST_GROUP, 5 * REQUEST_GROUP]],
}

const GOOD = { route: 1, upstream: 0, endpoint: 1, status: 200, attempts: 1 }

function count(...records: Partial<RequestInfo>[]): Float64Array {
  const numbers = new Float64Array(6 * REQUEST_GROUP)
  const metrics = new RequestMetrics(numbers, PLAN)
  for (const given of records) {
    const request = new RequestInfo(0, 1000)
    metrics.began(request)
    metrics.ended(Object.assign(request, { endMs: 1003, responseMs: 1002 }, given))
  }
  return numbers
}

function field(numbers: Float64Array, group: number, name: keyof typeof REQUEST_FIELDS, more = 0) {
  return numbers[group * REQUEST_GROUP + REQUEST_FIELDS[name] + more]
}

test('a request is counted where it has been', () => {
  const numbers = count({ ...GOOD, requestBytes: 3, responseBytes: 70 })
  for (const group of [0, 2, 3, 5]) {
    assert.equal(field(numbers, group, 'status', 2), 1, `group ${group}`)
    assert.equal(field(numbers, group, 'requestBytes'), 3)
    assert.equal(field(numbers, group, 'responseBytes'), 70)
    assert.equal(field(numbers, group, 'failed'), 0)
  }
  for (const group of [1, 4]) assert.equal(field(numbers, group, 'status', 2), 0)
})

test('clients wait for the end, upstreams are judged by the head', () => {
  const numbers = count(GOOD)
  for (const group of [0, 2]) assert.equal(field(numbers, group, 'buckets', latencyBucket(3000)), 1)
  for (const group of [3, 5]) assert.equal(field(numbers, group, 'buckets', latencyBucket(2000)), 1)
  assert.equal(field(numbers, 0, 'duration'), 3000)
})

test('failures, lost clients and retries have numbers of their own', () => {
  const numbers = count(
    { ...GOOD, status: 502, error: 'ConnectionRefused', attempts: 3, responseMs: 0 },
    { ...GOOD, status: 0, error: 'ClientGone' },
  )
  assert.equal(field(numbers, 0, 'status', 5), 1)
  assert.equal(field(numbers, 0, 'status', 0), 1)
  assert.equal(field(numbers, 0, 'failed'), 1)
  assert.equal(field(numbers, 0, 'clientGone'), 1)
  assert.equal(field(numbers, 0, 'retries'), 2)
})

test('requests in progress come and go', () => {
  const numbers = new Float64Array(6 * REQUEST_GROUP)
  const metrics = new RequestMetrics(numbers, PLAN)
  const requests = [new RequestInfo(0, 0), new RequestInfo(0, 0)]
  for (const request of requests) metrics.began(request)
  assert.equal(field(numbers, 0, 'active'), 2)
  for (const request of requests) metrics.ended(request)
  assert.equal(field(numbers, 0, 'active'), 0)
})

test('what has no place is not counted, and nothing else is', () => {
  const numbers = new Float64Array(REQUEST_GROUP)
  const plan = {
    listeners: [-1],
    routes: [[-1]],
    upstreams: [-1],
    targets: [],
    policies: [-1],
    connections: [-1],
    endpoints: [[-1]],
  }
  const metrics = new RequestMetrics(numbers, plan)
  const request = Object.assign(new RequestInfo(0, 0), { ...GOOD, route: 0, endpoint: 0 })
  metrics.began(request)
  metrics.ended(request)
  assert.deepEqual(numbers, new Float64Array(REQUEST_GROUP))
})
