import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { repeat } from '../../../src/script/repeat.ts'

describe('repeat', () => {
  it('calls until the result is falsy and returns it', () => {
    const seen: number[] = []
    assert.equal(
      repeat((i) => seen.push(i) < 3),
      false,
    )
    assert.deepEqual(seen, [0, 1, 2])
  })

  it('calls at most as often as it is told', () => {
    assert.equal(
      repeat(3, (i) => i + 1),
      3,
    )
    assert.equal(
      repeat(0, () => 1),
      undefined,
    )
  })

  it('checks its arguments', () => {
    assert.throws(() => repeat('x' as never), /argument #1 expects a number or a function/)
    assert.throws(() => repeat(1, 2 as never), /argument #2 expects a function/)
  })
})
