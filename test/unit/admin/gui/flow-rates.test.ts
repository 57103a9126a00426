import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ratesOf } from '../../../../src/admin/gui/flow-rates.ts'

test('how many sessions were looked at is told as a part of all', () => {
  const sampledOf = (oneIn: number): number =>
    ratesOf({ seconds: 1, sampled: oneIn, pipelines: [], workers: new Map() }, [], 1).sampled
  assert.equal(sampledOf(1), 1)
  assert.equal(sampledOf(4), 0.25)
  assert.equal(sampledOf(4096), 1 / 4096)
})
