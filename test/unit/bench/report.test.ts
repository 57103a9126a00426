import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Sample } from '../../../bench/load/measure/measurement.ts'
import { formatMarkdown } from '../../../bench/load/report/markdown-table.ts'
import { replaceTable, TABLE_END, TABLE_START } from '../../../bench/load/report/readme-table.ts'
import type { Results } from '../../../bench/load/report/results.ts'
import { summarizeWorkload } from '../../../bench/load/report/summarize.ts'
import { drawChart } from '../../../bench/load/report/svg-chart.ts'
import { formatWorkload } from '../../../bench/load/report/text-report.ts'
import { dubbo } from '../../../bench/load/workloads/dubbo.ts'
import { http64 } from '../../../bench/load/workloads/http.ts'

function makeResults(): Results {
  const cpuMicros: Readonly<Record<string, number>> = {
    ...{ sluice: 12, nginx: 16, haproxy: 18, 'http-proxy-3': 120 },
  }
  const samples: Sample[] = [1, 2, 3].flatMap((round) =>
    http64.peers.map((peer) => {
      const figures = { cpuMicros: (cpuMicros[peer.name] ?? 0) + round / 10 }
      return { peer: peer.name, round, figures, errors: 0 }
    }),
  )
  const timing = { warmUpSeconds: 2, countSeconds: 5, rounds: 3 }
  const machine = { processor: 'Test', processors: 2, kernel: '6.1', node: '20.0.0' }
  const run = { workload: http64, peers: http64.peers, timing, note: '', samples }
  return { machine, workloads: [summarizeWorkload(run)] }
}

test('the table has a row per workload and a row per bar', () => {
  const table = formatMarkdown(makeResults())
  assert.match(table, /\| CPU per request \| 12\.2 µs \| 16\.2 µs \| 18\.2 µs \| 120\.2 µs \|/)
  assert.match(table, /\| CPU per request ≤ 0\.90 × nginx \| 0\.75 \| pass \|/)
})

test('a form of Sluice that does another job stands behind the figure of the row', () => {
  const medians: Readonly<Record<string, number>> = {
    ...{ 'sluice-dubbo': 7.4, 'sluice-tcp': 5, 'haproxy-tcp': 5.2 },
  }
  const samples: Sample[] = dubbo.peers.map((peer) => {
    const figures = { cpuMicros: medians[peer.name] ?? 0 }
    return { peer: peer.name, round: 1, figures, errors: 0 }
  })
  const timing = { warmUpSeconds: 2, countSeconds: 5, rounds: 1 }
  const run = { workload: dubbo, peers: dubbo.peers, timing, note: '', samples }
  const { machine } = makeResults()
  const table = formatMarkdown({ machine, workloads: [summarizeWorkload(run)] })
  assert.match(table, /\| CPU per request \| 7\.4 µs; TCP: 5\.0 µs \| – \| TCP: 5\.2 µs \| – \|/)
})

test('the text names ratio, direction and pairs', () => {
  const [result] = makeResults().workloads
  assert.ok(result)
  assert.match(formatWorkload(result), /sluice \/ nginx = 0\.75 CPU per request: less {2}\(pairs 0/)
})

test('the chart has a bar per peer and cuts off what does not fit', () => {
  const chart = drawChart(makeResults())
  assert.equal(chart.match(/<rect class="(ours|theirs)"/g)?.length, 4)
  assert.match(chart, /… 120\.2 µs/)
})

test('only what is between the markers changes', () => {
  const readme = `# Title\n${TABLE_START}\nold\n${TABLE_END}\nrest\n`
  assert.equal(
    replaceTable(readme, '| new |\n'),
    `# Title\n${TABLE_START}\n| new |\n${TABLE_END}\nrest\n`,
  )
  assert.equal(replaceTable('# Title\n', 'x'), undefined)
})
