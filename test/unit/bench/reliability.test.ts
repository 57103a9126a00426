import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { BenchError } from '../../../bench/load/bench-error.ts'
import { ALL_FAULTS } from '../../../bench/reliability/all-faults.ts'
import { parseSlowReport } from '../../../bench/reliability/faults/slowhttptest.ts'
import { fuzzTargets, parseFuzzOutput } from '../../../bench/reliability/fuzz.ts'
import { parseTap } from '../../../bench/reliability/http-safety.ts'
import { parseReliabilityOptions } from '../../../bench/reliability/options.ts'
import { renderPage } from '../../../bench/reliability/report/page.ts'
import { PAGE_PATH, readReliabilityResults } from '../../../bench/reliability/report/results.ts'
import { parseTimers } from '../../../bench/reliability/timers.ts'

test('docs/reliability.md has the figures of bench/results/reliability.json', () => {
  const results = readReliabilityResults()
  assert.ok(results !== undefined)
  assert.equal(readFileSync(PAGE_PATH, 'utf8'), renderPage(results))
  const names = results.faults.map(({ name }) => name)
  assert.deepEqual(
    names,
    ALL_FAULTS.map(({ name }) => name).filter((name) => names.includes(name)),
    'the results are of faults that are not there any more: run npm run reliability',
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
  const line = (findings: number, executions = 1234): string =>
    `fuzz: target=proxy_fuzz executions=${executions} seconds=10 findings=${findings}\n`
  const figures = { executions: 1234, seconds: 10 }
  assert.deepEqual(parseFuzzOutput(line(0), 'proxy_fuzz'), { ...figures, finding: '' })
  const crash = `==1==ERROR\nSUMMARY: AddressSanitizer: heap-buffer-overflow\n${line(1)}`
  assert.deepEqual(parseFuzzOutput(crash, 'proxy_fuzz'), {
    ...figures,
    finding: 'AddressSanitizer: heap-buffer-overflow',
  })
  const failure = `ok 1 - use: order\nnot ok 2 - tap: order\n# todo 0\n${line(1)}`
  assert.equal(parseFuzzOutput(failure, 'proxy_fuzz').finding, 'tap: order')
})

test('a fuzzer that did not run is a finding', () => {
  const none = { executions: 0, seconds: 0 }
  assert.deepEqual(parseFuzzOutput('clang: not found\n', 'proxy_fuzz'), {
    ...none,
    finding: 'clang: not found',
  })
  assert.deepEqual(parseFuzzOutput('', 'scripts'), { ...none, finding: 'no execution' })
  const idle = 'fuzz: target=scripts executions=0 seconds=10 findings=0\n'
  assert.equal(parseFuzzOutput(idle, 'scripts').finding, 'no execution')
})

test('each target of libFuzzer is run, and the filters', () => {
  assert.deepEqual(fuzzTargets(), [
    'dubbo_fuzz',
    'http1_request_fuzz',
    'http1_response_fuzz',
    'proxy_fuzz',
    'scripts',
  ])
})

test('cases of http-safety are counted by their TAP report', () => {
  const tap = 'TAP version 13\nok 1 - a\n    not ok 1 - no Host\n# tests 3\n# pass 2\n# fail 1\n'
  assert.deepEqual(parseTap(tap), { cases: 3, passed: 2, firstError: 'no Host' })
})

test('costs of timers are read with their units', () => {
  const output =
    '100000 timers\n  arm                  3.5 ns/timer\n  tick, nothing due  707.5 ns/tick\n'
  assert.deepEqual(parseTimers(output), {
    timers: 100_000,
    costs: [
      { name: 'arm', ns: 3.5, unit: 'timer' },
      { name: 'tick, nothing due', ns: 707.5, unit: 'tick' },
    ],
  })
})

test('a run of single faults is only written down if asked for', () => {
  const all = parseReliabilityOptions([])
  assert.ok(all.command === 'run' && all.save === 'all' && all.fuzzSeconds > 0)
  const one = parseReliabilityOptions(['slow-head', '--seconds', '2'])
  assert.ok(one.command === 'run' && one.save === 'nothing' && one.faultSeconds === 2)
  assert.deepEqual([one.fuzzSeconds, one.hasHttpSafety, one.hasTimers], [0, false, false])
  const timers = parseReliabilityOptions(['timers'])
  assert.ok(timers.command === 'run' && timers.hasTimers && timers.faults.length === 0)
  const saved = parseReliabilityOptions(['slow-head', '--save'])
  assert.ok(saved.command === 'run' && saved.save === 'some')
  assert.throws(() => parseReliabilityOptions(['nonsense']), BenchError)
  assert.throws(() => parseReliabilityOptions(['--seconds', 'x']), BenchError)
})
