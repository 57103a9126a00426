import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { LeastConnections } from '../../../src/balancer/least-connections.ts'
import { createEndpoint, type Endpoint, type Picker } from '../../../src/balancer/picker.ts'
import { Random } from '../../../src/balancer/random.ts'
import { RANDOM_RANGE } from '../../../src/balancer/random-bits.ts'
import { RoundRobin } from '../../../src/balancer/round-robin.ts'

function endpoints(...weights: number[]): Endpoint[] {
  return weights.map((weight, i) => createEndpoint(`${'abcdef'[i]}:1`, weight))
}

function picks(picker: Picker, candidates: readonly Endpoint[], count: number): string {
  return Array.from({ length: count }, () => picker.pick(candidates, 0).address[0]).join('')
}

describe('round robin', () => {
  test('equal weights take turns', () => {
    assert.equal(picks(new RoundRobin(), endpoints(1, 1, 1), 6), 'abcabc')
  })

  test('weights are exact shares, spread out', () => {
    assert.equal(picks(new RoundRobin(), endpoints(2, 1, 1), 8), 'abcaabca')
    assert.equal(picks(new RoundRobin(), endpoints(5, 1, 1), 7), 'aabacaa')
  })

  test('one endpoint', () => {
    assert.equal(picks(new RoundRobin(), endpoints(3), 3), 'aaa')
  })

  test('an endpoint that was left out does not catch up in a burst', () => {
    const all = endpoints(1, 1, 1)
    const picker = new RoundRobin()
    picks(picker, all, 3)
    picks(picker, all.slice(1), 100)
    assert.deepEqual([...picks(picker, all, 3)].sort().join(''), 'abc')
  })
})

describe('least connections', () => {
  test('with nothing in progress take turns', () => {
    assert.equal(picks(new LeastConnections(), endpoints(1, 1, 1), 6), 'abcabc')
  })

  test('the one with the least in progress, per weight', () => {
    const all = endpoints(1, 2, 1)
    const [a, b, c] = all as [Endpoint, Endpoint, Endpoint]
    a.active = 2
    b.active = 3
    c.active = 2
    assert.equal(picks(new LeastConnections(), all, 3), 'bbb')
    c.active = 1
    assert.equal(picks(new LeastConnections(), all, 3), 'ccc')
  })

  test('requests that stay in progress spread by weight', () => {
    const all = endpoints(3, 1)
    const picker = new LeastConnections()
    for (let i = 0; i < 400; i++) picker.pick(all).active++
    assert.deepEqual(
      all.map(({ active }) => active),
      [300, 100],
    )
  })
})

describe('random', () => {
  test('shares follow the weights', () => {
    const all = endpoints(1, 2, 1)
    let at = 0
    const picker = new Random(() => ((at++ % 400) / 400) * RANDOM_RANGE)
    const counts = new Map<string, number>()
    for (let i = 0; i < 400; i++) {
      const { address } = picker.pick(all)
      counts.set(address, (counts.get(address) ?? 0) + 1)
    }
    assert.deepEqual([...counts.values()], [100, 200, 100])
  })

  test('the largest random number picks the last', () => {
    assert.equal(picks(new Random(() => RANDOM_RANGE - 1), endpoints(1, 1), 1), 'b')
  })
})
