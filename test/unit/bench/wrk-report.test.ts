import assert from 'node:assert/strict'
import { test } from 'node:test'
import { countWrkErrors, parseWrkReport } from '../../../bench/load/measure/wrk-report.ts'

const REPORT = {
  ...{ requests: 1000, micros: 2_000_000, bytes: 262_000 },
  ...{ connectErrors: 0, readErrors: 0, writeErrors: 0, statusErrors: 0, timeouts: 0 },
  ...{ p50Micros: 800, p90Micros: 1100, p99Micros: 1500, p999Micros: 3000 },
}

test('the report is found at the end of what wrk prints', () => {
  const output = `Running 2s test @ http://127.0.0.1:1/\n  1 threads\n\nWRK ${JSON.stringify(REPORT)}\n`
  assert.deepEqual(parseWrkReport(output), REPORT)
})

test('output without a report is not taken for one', () => {
  assert.equal(parseWrkReport('unable to connect to 127.0.0.1:1 Connection refused\n'), undefined)
})

test('every kind of error counts', () => {
  assert.equal(countWrkErrors(REPORT, 100), 0)
  const failing = { connectErrors: 1, readErrors: 2, writeErrors: 3, statusErrors: 4, timeouts: 5 }
  assert.equal(countWrkErrors({ ...REPORT, ...failing }, 100), 15)
})

test('answers without their bodies count as an error', () => {
  assert.equal(countWrkErrors(REPORT, 1024), 1)
})
