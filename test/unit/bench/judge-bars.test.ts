import assert from 'node:assert/strict'
import { test } from 'node:test'
import { BARS } from '../../../bench/load/bars.ts'
import type { Figures, Sample } from '../../../bench/load/measure/measurement.ts'
import { formatBarResult } from '../../../bench/load/report/format-bar.ts'
import { judgeBars } from '../../../bench/load/report/judge-bars.ts'
import { ALL_WORKLOADS } from '../../../bench/load/workloads/all-workloads.ts'

const ROUNDS = [1, 2, 3, 4, 5]

function samples(peer: string, figures: Figures, errors = 0): Sample[] {
  return ROUNDS.map((round) => ({ peer, round, figures, errors: round === 5 ? errors : 0 }))
}

function verdicts(workload: string, all: readonly Sample[]): string[] {
  return judgeBars(workload, all).map(formatBarResult)
}

test('every bar is about a workload that exists and peers that it has', () => {
  for (const bar of BARS) {
    const workload = ALL_WORKLOADS.find((candidate) => candidate.name === bar.workload)
    const peers = workload?.peers.map((peer) => peer.name) ?? []
    assert.ok(peers.includes(bar.subject), `${bar.workload}: ${bar.subject}`)
    if (bar.against !== undefined) assert.ok(peers.includes(bar.against), bar.against)
  }
})

test('relative and absolute bars are judged by the medians', () => {
  const all = [
    ...samples('sluice', { cpuMicros: 12, userMicros: 2.6 }),
    ...samples('nginx', { cpuMicros: 16 }),
    ...samples('haproxy', { cpuMicros: 12.5 }),
  ]
  assert.deepEqual(verdicts('http-64', all), [
    'CPU per request ≤ 0.90 × nginx: 0.75, pass',
    'CPU per request ≤ 0.90 × haproxy: 0.96, miss',
    'user ≤ 2.5 µs: 2.6 µs, miss',
    'errors ≤ 0: 0, pass',
  ])
})

test('errors miss the bar on errors, and their round does not count elsewhere', () => {
  const all = [...samples('sluice', { cpuMicros: 12 }, 7), ...samples('nginx', { cpuMicros: 16 })]
  const lines = verdicts('http-64', all)
  assert.equal(lines[0], 'CPU per request ≤ 0.90 × nginx: 0.75, pass')
  assert.equal(lines[3], 'errors ≤ 0: 7, miss')
})

test('what was not measured is said to be so', () => {
  assert.deepEqual(verdicts('rss', []), ['RSS ≤ 80.0 MB: not measured'])
})
