import assert from 'node:assert/strict'
import { test } from 'node:test'
import { WeightedTurns } from '../../../../src/filters/route/weighted-turns.ts'

test('spreads turns evenly by weight', () => {
  const turns = new WeightedTurns([
    { pipeline: 'a', weight: 5 },
    { pipeline: 'b', weight: 1 },
    { pipeline: 'c', weight: 1 },
    { pipeline: 'none', weight: 0 },
  ])
  const seen = Array.from({ length: 7 }, () => turns.next()).join('')
  assert.equal(seen, 'aabacaa')
})

test('refuses shares that leave nobody', () =>
  assert.throws(() => new WeightedTurns([{ pipeline: 'a', weight: 0 }]), TypeError))
