import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import type { SubjectResult } from '../../../../bench/drill/results.ts'
import { drillTable } from '../../../../bench/drill/table.ts'

describe('the table of the drill', () => {
  it('shows a step that did not come about, and one that a proxy does not have', () => {
    const rows = tableOf({
      label: 'Peer',
      version: '1',
      steps: [],
      undone: [{ name: 'reload', reason: 'did not happen: new worker' }],
    })
    assert.match(
      rows[0] ?? '',
      /^\| 20 reloads \| Peer \|.* not done: did not happen: new worker \|$/,
    )
    assert.match(rows[1] ?? '', /^\| workers 1 → 4 → 2 \| Peer \|( – \|){6}$/)
  })

  it('shows when traffic left an endpoint, and whether the bar is met', () => {
    const rows = tableOf({
      label: 'Peer',
      version: '1',
      steps: [
        {
          name: 'kill',
          title: 'endpoint killed and restarted',
          sent: 10,
          failed: 0,
          reset: 0,
          wrkSocketErrors: 1,
          p99: { before: 1, during: 2, after: 3 },
          leftAfterMs: 40,
          isMet: true,
          faults: [],
        },
      ],
    })
    assert.equal(
      rows.find((row) => row.includes('killed')),
      '| endpoint killed and restarted | Peer | 10 | 0 | 0 | 1 | 1 / 2 / 3 | left after 0.0 s, met |',
    )
  })
})

function tableOf(subject: SubjectResult): string[] {
  const machine = { processor: '', processors: 2, kernel: '', node: '' }
  const text = drillTable({ machine, measuredAt: '', seconds: 1, subjects: [subject] })
  return text.trim().split('\n').slice(2)
}
