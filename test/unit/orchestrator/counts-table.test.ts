import assert from 'node:assert/strict'
import { test } from 'node:test'
import { renderCounts } from '../../../src/orchestrator/counts-table.ts'

test('adds up the workers, with replaced programs behind', () => {
  const pipeline = { module: '/x.js', isStale: false, allocated: 10, active: 2 }
  const text = renderCounts([
    {
      pipelines: [
        { ...pipeline, pipeline: 'old', isStale: true, allocated: 1, active: 1 },
        { ...pipeline, pipeline: 'a' },
      ],
      instances: { Inbound: 1, Session: 0 },
      counters: [1, 0, 3],
    },
    {
      pipelines: [{ ...pipeline, pipeline: 'a' }],
      instances: { Inbound: 2, Session: 0 },
      counters: [4, 0, 5],
    },
  ])
  assert.equal(
    text,
    `
PIPELINE             #ALLOCATED  #ACTIVE
----------------------------------------
/x.js [a]                    20        4
[STALE] /x.js [old]           1        1
TOTAL                        21        5


CLASS    #INSTANCES
-------------------
Inbound           3
Session           0


COUNTER    #TOTAL
-----------------
bytesRead       5
accepts         8
`,
  )
})

test('programs without modules have no path', () => {
  const pipelines = [{ module: '', pipeline: 'a', isStale: false, allocated: 0, active: 0 }]
  assert.match(renderCounts([{ pipelines, instances: {}, counters: [] }]), /^\[a\] +0 +0$/m)
})
