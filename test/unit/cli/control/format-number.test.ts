import assert from 'node:assert/strict'
import { test } from 'node:test'
import { milliseconds, percent, short, span } from '../../../../src/cli/control/format-number.ts'

test('numbers are short', () => {
  for (const [value, text] of [
    [0, '0'],
    [0.26, '0.3'],
    [9.94, '9.9'],
    [12, '12'],
    [999, '999'],
    [1234, '1.2k'],
    [99_940, '99.9k'],
    [123_456, '123k'],
    [1.5e6, '1.5M'],
    [2.4e9, '2.4G'],
  ] as const) {
    assert.equal(short(value), text)
    assert.ok(short(value * 1.0001).length <= 5)
  }
})

test('milliseconds keep three digits', () => {
  assert.deepEqual([0, 0.126, 9.87, 12.34, 1234.5].map(milliseconds), [
    '0.00',
    '0.13',
    '9.87',
    '12.3',
    '1235',
  ])
})

test('spans have two units', () => {
  assert.deepEqual([9.9, 61, 3600, 90_061].map(span), ['9s', '1m 1s', '1h 0m', '1d 1h'])
  assert.equal(percent(0.256), '26%')
})
