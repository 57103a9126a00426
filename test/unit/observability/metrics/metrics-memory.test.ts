import assert from 'node:assert/strict'
import { once } from 'node:events'
import { test } from 'node:test'
import { Worker } from 'node:worker_threads'
import {
  MetricsMemory,
  WORKER_REGION,
} from '../../../../src/observability/metrics/metrics-memory.ts'

test('a name keeps its place, and places do not overlap', () => {
  const memory = new MetricsMemory()
  const a = memory.place('a', 13)
  const b = memory.place('b', 700)
  const c = memory.place('c', 1)
  assert.ok(a >= WORKER_REGION)
  assert.ok(b >= a + 13)
  assert.ok(c >= b + 700)
  assert.deepEqual(
    [a, b, c].map((at) => at % 8),
    [0, 0, 0],
  )
  assert.equal(memory.place('a', 13), a)
})

test('a group that does not fit has no place, and others still have theirs', () => {
  const memory = new MetricsMemory()
  const a = memory.place('a', 8)
  assert.equal(memory.place('large', 1 << 20), -1)
  assert.equal(memory.place('a', 8), a)
  assert.ok(memory.place('b', 8) > a)
})

test('a place that was released is reused when there is no room, and begins at nothing', () => {
  const memory = new MetricsMemory()
  const half = (1 << 19) - WORKER_REGION
  const a = memory.place('a', half)
  const b = memory.place('b', half)
  const stripe = memory.stripe(0)
  stripe[a] = 7
  stripe[b] = 8
  memory.release('a', half)
  assert.equal(memory.place('a', half), a, 'a name that comes back has its place still')
  assert.equal(memory.place('c', half), -1, 'and nobody else has it')
  memory.release('b', half)
  memory.release('a', half)
  assert.equal(memory.place('c', half), b, 'what was released first is reused first')
  assert.equal(stripe[b], 0)
  assert.equal(stripe[a], 7)
})

test('what tells how things are is gone with a worker, and what counts stays', () => {
  const memory = new MetricsMemory()
  const here = memory.place('here', 3, [1, 2])
  const former = memory.place('former', 3, [0])
  memory.release('former', 3)
  const [stripe, other] = [memory.stripe(0), memory.stripe(1)]
  for (const one of [stripe, other]) {
    one.set([1, 2, 3], here)
    one.set([4, 5, 6], former)
  }
  memory.workerEnded(0)
  assert.deepEqual([...memory.group(0, here, 3)], [1, 0, 0])
  assert.deepEqual([...memory.group(0, former, 3)], [0, 5, 6])
  assert.deepEqual([...memory.group(1, here, 3)], [1, 2, 3])
})

test('numbers of several threads add up', async () => {
  const memory = new MetricsMemory()
  const at = memory.place('group', 4)
  const source = `const { stripe, at } = require('node:worker_threads').workerData
    for (let i = 0; i < 1e5; i++) { stripe[at]++; stripe[at + 3] += 2 }`
  const threads = [0, 1, 2].map((slot) => {
    const workerData = { stripe: memory.stripe(slot), at }
    return new Worker(source, { eval: true, workerData })
  })
  await Promise.all(threads.map((thread) => once(thread, 'exit')))
  assert.equal(memory.slots, 3)
  assert.equal(memory.sum(at), 3e5)
  assert.deepEqual([...memory.sums(at, 4)], [3e5, 0, 0, 6e5])
  assert.equal(memory.read(1, at + 3), 2e5)
  assert.equal(memory.read(7, at), 0)
})
