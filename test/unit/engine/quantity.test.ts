import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseDuration, parseSize, readDuration } from '../../../src/engine/quantity.ts'

describe('parseDuration gives milliseconds', () => {
  const table: [value: number | string, milliseconds: number][] = [
    [5, 5000],
    [0.5, 500],
    ['5', 5000],
    ['0.5', 500],
    ['1s', 1000],
    ['1.5S', 1500],
    ['5m', 300_000],
    ['1h', 3_600_000],
    ['1D', 86_400_000],
    ['500ms', 500],
    ['2.5MS', 2.5],
    ['5x', 5000],
    ['', 0],
    ['s', 0],
  ]
  for (const [value, expected] of table) {
    test(JSON.stringify(value), () => assert.equal(parseDuration(value), expected))
  }
})

describe('parseSize gives bytes', () => {
  const table: [value: number | string, bytes: number][] = [
    [100, 100],
    ['100', 100],
    ['100k', 102_400],
    ['64K', 65_536],
    ['10m', 10_485_760],
    ['1g', 1_073_741_824],
    ['1T', 1_099_511_627_776],
    ['1.9k', 1024],
    ['7x', 7],
    ['', 0],
  ]
  for (const [value, expected] of table) {
    test(JSON.stringify(value), () => assert.equal(parseSize(value), expected))
  }
})

test('readDuration makes no short time nothing', () => {
  assert.equal(readDuration('0.0001s'), 1)
  assert.equal(readDuration('1.4ms'), 1)
  assert.equal(readDuration(0), 0)
  assert.equal(readDuration('soon'), undefined)
})
