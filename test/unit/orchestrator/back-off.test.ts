import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BackOff } from '../../../src/orchestrator/back-off.ts'

test('restarts at once, then after longer and longer delays', () => {
  const backOff = new BackOff()
  const delays = Array.from({ length: 10 }, () => backOff.next(0))
  assert.deepEqual(delays, [0, 100, 200, 400, 800, 1600, 3200, 6400, 10_000, 10_000])
})

test('forgets after a healthy life', () => {
  const backOff = new BackOff()
  for (let i = 0; i < 5; i++) backOff.next(0)
  assert.equal(backOff.next(60_000), 0)
  assert.equal(backOff.next(0), 100)
})
