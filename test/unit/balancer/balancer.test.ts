import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, mock, test } from 'node:test'
import { Balancer } from '../../../src/balancer/balancer.ts'
import { createEndpoint } from '../../../src/balancer/picker.ts'
import { RoundRobin } from '../../../src/balancer/round-robin.ts'

describe('a balancer', () => {
  let now = 0
  beforeEach(() => {
    now = 0
    mock.method(performance, 'now', () => now)
  })
  afterEach(() => mock.restoreAll())

  const make = (): Balancer =>
    new Balancer(
      ['a', 'b', 'c'].map((name) => createEndpoint(name, 1)),
      new RoundRobin(),
    )
  const select = (balancer: Balancer, count: number): string =>
    [...Array(count)].map(() => balancer.select()).join('')
  const sorted = (text: string): string => [...text].sort().join('')

  test('counts what is in progress', () => {
    const balancer = make()
    const a = balancer.target('a')
    a.begin()
    a.begin()
    a.end()
    assert.deepEqual(
      balancer.endpoints.map(({ active }) => active),
      [1, 0, 0],
    )
  })

  for (const error of ['ConnectionRefused', 'ConnectionTimeout'] as const) {
    test(`leaves an endpoint out for 10 s after ${error}`, () => {
      const balancer = make()
      balancer.target('b').failed(error)
      assert.equal(sorted(select(balancer, 4)), 'aacc')
      now = 9_999
      assert.ok(!select(balancer, 6).includes('b'))
      now = 10_000
      assert.equal(sorted(select(balancer, 3)), 'abc')
    })
  }

  for (const error of ['ReadError', 'ReadTimeout', 'ProtocolError', 'OutOfResources'] as const) {
    test(`keeps an endpoint after ${error}: it is not what fails`, () => {
      const balancer = make()
      balancer.target('b').failed(error)
      assert.equal(sorted(select(balancer, 3)), 'abc')
    })
  }

  test('tries all when none is left', () => {
    const balancer = make()
    for (const name of ['a', 'b', 'c']) balancer.target(name).failed('ConnectionRefused')
    assert.equal(sorted(select(balancer, 3)), 'abc')
  })

  test('endpoints come back one by one', () => {
    const balancer = make()
    balancer.target('a').failed('ConnectionRefused')
    now = 5_000
    balancer.target('b').failed('ConnectionRefused')
    assert.equal(select(balancer, 2), 'cc')
    now = 10_000
    assert.equal(sorted(select(balancer, 2)), 'ac')
    now = 15_000
    assert.equal(sorted(select(balancer, 3)), 'abc')
  })

  test('does not know other targets', () => {
    assert.throws(() => make().target('x'), /no endpoint x/)
  })
})
