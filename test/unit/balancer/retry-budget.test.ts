import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RetryBudget } from '../../../src/balancer/retry-budget.ts'

function takeAll(budget: RetryBudget): number {
  let taken = 0
  while (budget.take()) taken++
  return taken
}

test('a share of the requests, and some per second', () => {
  let now = 0
  const budget = new RetryBudget(0.2, 3, () => now)
  assert.equal(takeAll(budget), 3)
  for (let i = 0; i < 50; i++) budget.earn()
  assert.equal(budget.left, 10)
  assert.equal(takeAll(budget), 10)
  now += 1000
  assert.equal(takeAll(budget), 3)
  now += 60_000
  assert.equal(takeAll(budget), 3)
  assert.equal(budget.refused, 4)
})

test('what is not used is kept of a thousand requests only', () => {
  const budget = new RetryBudget(0.2, 0, () => 0)
  for (let i = 0; i < 100_000; i++) budget.earn()
  assert.equal(takeAll(budget), 200)
})

test('an outage does not multiply traffic', () => {
  let now = 0
  const budget = new RetryBudget(0.1, 5, () => now)
  let attempts = 0
  for (let i = 0; i < 10_000; i++) {
    now += 1
    budget.earn()
    attempts++
    // Every attempt fails.
    while (budget.take()) attempts++
  }
  assert.ok(attempts <= 10_000 * 1.1 + 5 * 11, `${attempts} attempts for 10,000 requests`)
})
