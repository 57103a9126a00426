import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BenchError } from '../../../bench/load/bench-error.ts'
import { parseOptions, type RunOptions } from '../../../bench/load/options.ts'
import { ALL_WORKLOADS } from '../../../bench/load/workloads/all-workloads.ts'

function parseRun(...argv: string[]): RunOptions {
  const options = parseOptions(argv)
  assert.equal(options.command, 'run')
  return options as RunOptions // asserted above
}

test('without arguments everything runs and the committed results are written', () => {
  const options = parseRun()
  assert.equal(options.workloads, ALL_WORKLOADS)
  assert.equal(options.saveAs, 'latest')
  assert.equal(options.countSeconds, 5)
})

test('gui measures both programs unless told otherwise, and saves on request', () => {
  const timing = { rounds: 5, warmUpSeconds: 2, countSeconds: 6 }
  assert.deepEqual(parseOptions(['gui']), {
    ...{ command: 'gui', programs: ['script', 'config'], timing, isSaved: false },
  })
  const half = parseOptions(['gui', 'config', '--rounds', '3', '--save'])
  assert.deepEqual(half, {
    ...{ command: 'gui', programs: ['config'], timing: { ...timing, rounds: 3 }, isSaved: true },
  })
  assert.throws(() => parseOptions(['gui', 'tcp']), BenchError)
})

test('quick runs the first row beside nginx and HAProxy, briefly', () => {
  const options = parseRun('quick')
  assert.deepEqual(
    options.workloads.map((workload) => workload.name),
    ['http-64'],
  )
  assert.deepEqual(
    options.peers?.map((peer) => peer.name),
    ['sluice', 'nginx', 'haproxy'],
  )
  assert.equal(options.saveAs, 'quick')
})

test('single workloads leave the committed results alone unless told otherwise', () => {
  const options = parseRun('tcp', 'idle', '--rounds', '7', '--seconds', '3', '--peers', 'nginx')
  assert.deepEqual(
    options.workloads.map((workload) => workload.name),
    ['tcp', 'idle'],
  )
  assert.equal(options.rounds, 7)
  assert.equal(options.countSeconds, 3)
  assert.equal(options.saveAs, 'partial')
  assert.equal(parseRun('tcp', '--save').saveAs, 'latest')
})

test('mistakes are one clear line', () => {
  const isBenchError = (error: unknown): boolean => error instanceof BenchError
  assert.throws(() => parseOptions(['nonsense']), isBenchError)
  assert.throws(() => parseOptions(['--peers', 'apache']), isBenchError)
  assert.throws(() => parseOptions(['--rounds', '0']), isBenchError)
  assert.throws(() => parseOptions(['--seconds', '1.5']), isBenchError)
  assert.throws(() => parseOptions(['--bogus']), isBenchError)
})
