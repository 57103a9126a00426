import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseChoice, parseDuration, parseInteger } from '../../../src/cli/parse-value.ts'

test('reads durations', () => {
  assert.equal(parseDuration('t', '5'), 5000)
  assert.equal(parseDuration('t', '0.5'), 500)
  assert.equal(parseDuration('t', '250ms'), 250)
  assert.equal(parseDuration('t', '2m'), 120_000)
  assert.equal(parseDuration('t', '0'), 0)
})

for (const text of ['', 'x', '-1', '5x', '1e9', '999h']) {
  test(`refuses the duration '${text}'`, () => {
    assert.throws(() => parseDuration('t', text), { message: /^--t .*: want seconds/ })
  })
}

test('reads numbers within bounds', () => {
  assert.equal(parseInteger('n', '4', 1, 4), 4)
  for (const text of ['0', '5', '1.5', 'x', '', '-1', '0x2'])
    assert.throws(() => parseInteger('n', text, 1, 4), {
      message: `--n ${text}: want a number from 1 to 4`,
    })
})

test('names the choices', () => {
  assert.equal(parseChoice('c', 'b', ['a', 'b']), 'b')
  assert.throws(() => parseChoice('c', 'd', ['a', 'b', 'c']), {
    message: '--c d: want a, b or c',
  })
})
