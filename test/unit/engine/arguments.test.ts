import assert from 'node:assert/strict'
import { test } from 'node:test'
import { countOption, sizeOption, timeOption } from '../../../src/engine/arguments.ts'

test('a time is seconds, or a text with a unit, or what holds otherwise', () => {
  const read = (value?: unknown): number => timeOption({ t: value as number }, 't', 3)
  assert.deepEqual(
    [2, 0.5, 0, '500ms', '1.5s', '2M', '1d', undefined].map((one) => read(one)),
    [2000, 500, 0, 500, 1500, 120_000, 86_400_000, 3000],
  )
  for (const wrong of ['abc', '', 's', '5x', '1m30s', -1, Number.NaN, 1e9, true, {}, '99d'])
    assert.throws(() => read(wrong), { message: /^option t must be seconds or a text/ })
})

test('a size is bytes, or a text with a unit, or what holds otherwise', () => {
  const read = (value?: unknown): number => sizeOption({ s: value as number }, 's', 7)
  assert.deepEqual(
    [2, 0, '16k', '1M', undefined].map((one) => read(one)),
    [2, 0, 16_384, 1_048_576, 7],
  )
  for (const wrong of ['abc', '', 'k', '1.5k', '5kb', -1, Number.NaN, true])
    assert.throws(() => read(wrong), { message: /^option s must be a number of bytes/ })
})

test('a count is a number that is large enough', () => {
  const read = (value?: unknown): number => countOption({ n: value as number }, 'n', 4, 1)
  assert.deepEqual(
    [1, 2, Number.POSITIVE_INFINITY, undefined].map((one) => read(one)),
    [1, 2, Number.POSITIVE_INFINITY, 4],
  )
  for (const wrong of [0, -1, Number.NaN, '2', true])
    assert.throws(() => read(wrong), { message: 'option n must be a number of at least 1' })
})
