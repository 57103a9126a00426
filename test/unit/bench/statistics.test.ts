import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Sample } from '../../../bench/load/measure/measurement.ts'
import {
  comparePairs,
  judge,
  judgeInterval,
  judgeRatio,
  median,
  medianFigures,
  medianInterval,
  valuesByRound,
} from '../../../bench/load/measure/statistics.ts'

function sample(peer: string, round: number, cpuMicros: number, errors = 0): Sample {
  return { peer, round, figures: { cpuMicros }, errors }
}

test('the median of an even number of values is between the middle two', () => {
  assert.equal(median([3, 1, 2]), 2)
  assert.equal(median([4, 1, 3, 2]), 2.5)
  assert.ok(Number.isNaN(median([])))
})

test('a run with errors counts neither in medians nor in pairs', () => {
  const samples = [sample('a', 1, 10), sample('a', 2, 1, 3), sample('a', 3, 12)]
  assert.deepEqual([...valuesByRound(samples, 'a', 'cpuMicros').keys()], [1, 3])
  assert.deepEqual(medianFigures(samples, 'a'), { cpuMicros: 11 })
})

test('pairs are formed within rounds that both have', () => {
  const ours = new Map([
    [1, 10],
    [2, 30],
    [3, 20],
  ])
  const theirs = new Map([
    [1, 20],
    [3, 25],
    [4, 1],
  ])
  const comparison = comparePairs(ours, theirs)
  assert.deepEqual(comparison?.pairRatios, [0.5, 0.8])
  assert.equal(comparison?.ratioOfMedians, 15 / 22.5)
  assert.equal(comparePairs(ours, new Map()), undefined)
})

test('a limit is passed or missed when the pairs agree', () => {
  assert.equal(judge(0.8, [0.7, 0.8, 0.85, 0.8, 0.95], 0.9), 'pass')
  assert.equal(judge(0.9, [0.9], 0.9), 'pass')
  assert.equal(judge(1.1, [1.0, 1.1, 1.2, 1.3, 1.1], 0.9), 'miss')
})

test('pairs on both sides of the limit tell nothing', () => {
  assert.equal(judge(0.89, [0.7, 0.95, 0.89, 0.92, 0.8], 0.9), 'cannot tell')
})

test('the interval of a median is that of the sign test, which tables tell', () => {
  const upTo = (count: number) => Array.from({ length: count }, (_, index) => index + 1)
  assert.deepEqual(medianInterval(upTo(6)), [1, 6])
  assert.deepEqual(medianInterval(upTo(10)), [2, 9])
  assert.deepEqual(medianInterval(upTo(20)), [6, 15])
  assert.deepEqual(medianInterval(upTo(40).reverse()), [14, 27])
})

test('of five values nobody can tell with such confidence', () => {
  assert.deepEqual(medianInterval([1, 2, 3, 4, 5]), [-Infinity, Infinity])
  assert.equal(judgeInterval(medianInterval([]), 1), 'cannot tell')
})

test('a whole interval has to be on one side of a limit', () => {
  assert.equal(judgeInterval([0.9, 1.03], 1.03), 'pass')
  assert.equal(judgeInterval([1.031, 1.2], 1.03), 'miss')
  assert.equal(judgeInterval([0.9, 1.04], 1.03), 'cannot tell')
})

test('the ratio of few pairs is that of the medians, of many their own median within its interval', () => {
  const ratios = [0.97, 0.99, 0.98, 0.9, 1.2]
  assert.deepEqual(judgeRatio({ pairRatios: ratios, ratioOfMedians: 0.95 }, 1), {
    value: 0.95,
    verdict: 'pass',
  })
  const many = { pairRatios: [1, 2, 3, 4, 5].flatMap(() => ratios), ratioOfMedians: 1.5 }
  assert.deepEqual(judgeRatio(many, 1), { value: 0.98, verdict: 'pass' })
  assert.equal(judgeRatio(many, 0.98).verdict, 'cannot tell')
  assert.equal(judgeRatio(many, 0.95).verdict, 'miss')
})
