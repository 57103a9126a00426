import assert from 'node:assert/strict'
import { test } from 'node:test'
import { guiModule } from '../../support/gui-module.ts'

type Format = (value: number) => string

const { short, bytes, milliseconds, percent, duration } = await guiModule<{
  short: Format
  bytes: Format
  milliseconds: Format
  percent: Format
  duration: Format
}>('ui/format.ts')

function check(format: Format, cases: readonly (readonly [number, string])[]): void {
  for (const [value, text] of cases) assert.equal(format(value), text)
}

test('numbers have few places', () => {
  check(short, [
    [0, '0'],
    [7, '7'],
    [0.4213, '0.42'],
    [10, '10'],
    [99.96, '100'],
    [12345, '12.3k'],
    [2_000_000, '2M'],
  ])
})

test('bytes have the unit that makes them short', () => {
  check(bytes, [
    [0, '0 B'],
    [1023, '1023 B'],
    [1536, '1.5 KB'],
    [5 * 1024 ** 3, '5 GB'],
  ])
})

test('times have the unit that makes them short', () => {
  check(milliseconds, [
    [0.25, '0.25 ms'],
    [48, '48 ms'],
    [2100, '2.1 s'],
  ])
  check(duration, [
    [59.9, '59 s'],
    [61, '1 min'],
    [7200, '2 h'],
    [200_000, '2 d'],
  ])
})

test('small shares have a place more', () => {
  check(percent, [
    [0, '0 %'],
    [0.004, '0.4 %'],
    [0.256, '26 %'],
    [1, '100 %'],
  ])
})
