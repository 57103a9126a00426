import assert from 'node:assert/strict'
import { test } from 'node:test'
import { guiModule } from '../../support/gui-module.ts'

interface Quantile {
  readonly part: number
  readonly milliseconds: number
}

type Bucket = readonly [number, number]

const { distributionOf, atQuantile } = await guiModule<{
  distributionOf: (intervals: readonly (readonly Bucket[])[]) => Quantile[]
  atQuantile: (distribution: readonly Quantile[], part: number) => number | undefined
}>('dashboard/distribution.ts')

test('buckets of several seconds are added up', () => {
  const distribution = distributionOf([
    [
      [1, 40],
      [5, 10],
    ],
    [
      [1, 40],
      [20, 10],
    ],
  ])
  assert.deepEqual(
    distribution.map((one) => one.milliseconds),
    [1, 5, 20],
  )
  assert.deepEqual(
    distribution.map((one) => Number(one.part.toFixed(3))),
    [0.8, 0.9, 0.995],
  )
})

test('a quantile is the first bucket that has enough requests up to it', () => {
  const distribution = distributionOf([
    [
      [1, 80],
      [5, 10],
      [20, 10],
    ],
  ])
  assert.equal(atQuantile(distribution, 0.5), 1)
  assert.equal(atQuantile(distribution, 0.85), 5)
  assert.equal(atQuantile(distribution, 0.99), 20)
  assert.equal(atQuantile(distribution, 0.9999), 20)
})

test('without requests there is none', () => {
  assert.deepEqual(distributionOf([[], []]), [])
  assert.equal(atQuantile([], 0.5), undefined)
})
