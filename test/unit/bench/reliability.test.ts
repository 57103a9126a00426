import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { BenchError } from '../../../bench/load/bench-error.ts'
import { ALL_FAULTS } from '../../../bench/reliability/all-faults.ts'
import { parseSlowReport } from '../../../bench/reliability/faults/slowhttptest.ts'
import { parseFuzzOutput } from '../../../bench/reliability/fuzz.ts'
import { parseTap } from '../../../bench/reliability/http-safety.ts'
import { parseReliabilityOptions } from '../../../bench/reliability/options.ts'
import { renderPage } from '../../../bench/reliability/report/page.ts'
import { PAGE_PATH, readReliabilityResults } from '../../../bench/reliability/report/results.ts'

test('docs/reliability.md has the figures of bench/results/reliability.json', () => {
  const results = readReliabilityResults()
  assert.ok(results !== undefined)
  assert.equal(readFileSync(PAGE_PATH, 'utf8'), renderPage(results))
  const names = results.faults.map(({ name }) => name)
  assert.deepEqual(
    names,
    ALL_FAULTS.map(({ name }) => name),
    'the results are of other faults: run npm run reliability',
  )
})

test('what slowhttptest prints is read through its colours', () => {
  const status = (second: number, connected: number, word: string): string =>
    `\x1b[1;32mslow HTTP test status on ${second}th second:\x1b[0m\n\npending:             2\n` +
    `connected:           ${connected}\nerror:               0\nclosed:              5\n` +
    `service available:   \x1b[1;32m${word}\x1b[0m\n`
  assert.deepEqual(parseSlowReport(status(0, 1, 'YES') + status(5, 90, 'NO')), {
    connections: 97,
    available: 1,
    reports: 2,
  })
})

test('findings of fuzzers are told from their figures', () => {
  const figures = 'stat::number_of_executed_units: 1234\nstat::average_exec_per_sec: 9\n'
  assert.deepEqual(parseFuzzOutput(figures, true), { executions: 1234, finding: '' })
  const crash = `==1==ERROR\nSUMMARY: AddressSanitizer: heap-buffer-overflow\n${figures}`
  assert.equal(parseFuzzOutput(crash, false).finding, 'AddressSanitizer: heap-buffer-overflow')
  assert.equal(parseFuzzOutput('clang: not found\n', false).finding, 'clang: not found')
})

test('cases of http-safety are counted by their TAP report', () => {
  const tap = 'TAP version 13\nok 1 - a\n    not ok 1 - no Host\n# tests 3\n# pass 2\n# fail 1\n'
  assert.deepEqual(parseTap(tap), { cases: 3, passed: 2, firstError: 'no Host' })
})

test('a run of single faults is only written down if asked for', () => {
  const all = parseReliabilityOptions([])
  assert.ok(all.command === 'run' && all.save === 'all' && all.fuzzSeconds > 0)
  const one = parseReliabilityOptions(['slow-head', '--seconds', '2'])
  assert.ok(one.command === 'run' && one.save === 'nothing' && one.faultSeconds === 2)
  assert.equal(one.fuzzSeconds, 0)
  const saved = parseReliabilityOptions(['slow-head', '--save'])
  assert.ok(saved.command === 'run' && saved.save === 'some')
  assert.throws(() => parseReliabilityOptions(['nonsense']), BenchError)
  assert.throws(() => parseReliabilityOptions(['--seconds', 'x']), BenchError)
})
