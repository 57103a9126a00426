import assert from 'node:assert/strict'
import { afterEach, describe, it } from 'node:test'
import { batchTime, beginBatch, endBatch } from '../../../src/native/batch-clock.ts'

describe('the clock of batches', () => {
  afterEach(endBatch)

  it('stands still within a batch', () => {
    beginBatch()
    const first = batchTime()
    waitForTheClock(first)
    assert.equal(batchTime(), first)
  })

  it('goes on with the next batch', () => {
    beginBatch()
    const first = batchTime()
    waitForTheClock(first)
    endBatch()
    beginBatch()
    assert.ok(batchTime() > first)
  })

  it('tells the time of the call outside of batches', () => {
    const first = batchTime()
    waitForTheClock(first)
    assert.ok(batchTime() > first)
  })
})

function waitForTheClock(past: number): void {
  while (performance.now() <= past);
}
