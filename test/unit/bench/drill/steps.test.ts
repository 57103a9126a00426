import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { leftAfter, STEPS } from '../../../../bench/drill/steps.ts'
import type { Outcome, Sample } from '../../../../bench/drill/strict-client.ts'

describe('the time after which traffic has left an endpoint', () => {
  it('is that of the last request that the endpoint answered', () => {
    const samples = [sample(900, 'a'), sample(1100, 'a'), sample(1300, 'a'), sample(1500, 'b')]
    assert.equal(leftAfter(samples, 'a', 1000, 3000), 300)
  })

  it('counts requests that went wrong, because a dead endpoint answers none', () => {
    const samples = [sample(1100, 'a'), sample(1400, 'ECONNRESET', 'reset'), sample(1500, 'b')]
    assert.equal(leftAfter(samples, 'a', 1000, 3000), 400)
    assert.equal(leftAfter([sample(1600, '502', 'failed')], 'a', 1000, 3000), 600)
  })

  it('is 0 without such requests, and does not look beyond the end', () => {
    assert.equal(leftAfter([sample(900, 'a'), sample(3000, 'a')], 'a', 1000, 3000), 0)
  })
})

describe('the steps of the drill', () => {
  it('time how traffic leaves a dead and a slow endpoint', () => {
    const timed = STEPS.filter(({ leaves }) => leaves !== undefined)
    assert.deepEqual(
      timed.map(({ name, leaves }) => [name, leaves?.withinMs]),
      [
        ['kill', 1000],
        ['slow', 5000],
      ],
    )
  })
})

function sample(startedAt: number, detail: string, outcome: Outcome = 'ok'): Sample {
  return { startedAt, milliseconds: 1, outcome, detail }
}
