import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, mock, test } from 'node:test'
import { Balancer, type BalancerOptions } from '../../../src/balancer/balancer.ts'
import { createEndpointMemory, EndpointTable } from '../../../src/balancer/endpoint-table.ts'
import { hashText } from '../../../src/balancer/hash.ts'
import { LeastTime } from '../../../src/balancer/least-time.ts'
import { Maglev } from '../../../src/balancer/maglev.ts'
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

  const share = (options: BalancerOptions = {}): { balancer: Balancer; table: EndpointTable } => {
    const table = new EndpointTable(createEndpointMemory())
    const names = ['a', 'b', 'c']
    for (const name of names) table.claim('u', name)
    const endpoints = names.map((name) => createEndpoint(name, 10))
    const balancer = new Balancer(endpoints, new RoundRobin(), { ...options, table, upstream: 'u' })
    return { balancer, table }
  }

  test('follows what others write into the table, without a message', () => {
    const { balancer, table } = share()
    const b = table.find('u', 'b')
    assert.equal(sorted(select(balancer, 3)), 'abc')
    table.setHealth(b, 'unhealthy')
    assert.equal(sorted(select(balancer, 2)), 'ac')
    table.setHealth(b, 'healthy')
    assert.equal(sorted(select(balancer, 3)), 'abc')
    table.setAdminState(b, 'draining')
    assert.equal(sorted(select(balancer, 2)), 'ac')
    assert.equal(balancer.isUsable(1), true)
    table.setAdminState(b, 'disabled')
    assert.equal(sorted(select(balancer, 2)), 'ac')
    assert.equal(balancer.isUsable(1), false)
    table.setAdminState(b, 'enabled')
    table.setWeight(b, 20)
    assert.equal(sorted(select(balancer, 4)), 'abbc')
    table.setWeight(b, 0)
    assert.equal(sorted(select(balancer, 3)), 'abc')
  })

  test('with all disabled, uses all', () => {
    const { balancer, table } = share()
    for (const name of 'abc') table.setAdminState(table.find('u', name), 'disabled')
    assert.equal(sorted(select(balancer, 3)), 'abc')
  })

  test('an endpoint that returns gets its share little by little', () => {
    const { balancer, table } = share({ slowStartMs: 10_000 })
    const b = table.find('u', 'b')
    table.setHealth(b, 'unhealthy')
    now += 1000
    table.setHealth(b, 'healthy')
    const shareOfB = (): number => [...select(balancer, 2100)].filter((one) => one === 'b').length
    assert.equal(shareOfB(), 100)
    now += 5000
    assert.equal(shareOfB(), 420)
    now += 5000
    assert.equal(shareOfB(), 700)
  })

  test('so does one that was ejected', () => {
    const { balancer } = share({ slowStartMs: 10_000 })
    balancer.target('b').failed('ConnectionRefused')
    now += 10_000
    assert.equal([...select(balancer, 21)].filter((one) => one === 'b').length, 1)
  })

  test('tells least time how long answers took', () => {
    const endpoints = ['a', 'b'].map((name) => createEndpoint(name, 1))
    const balancer = new Balancer(endpoints, new LeastTime())
    assert.equal(balancer.target('a').wantsAnswers, true)
    assert.equal(make().target('a').wantsAnswers, false)
    balancer.target('a').answered(200, 500)
    balancer.target('b').answered(200, 5)
    assert.equal(select(balancer, 4), 'bbbb')
  })

  for (const name of ['round robin', 'maglev']) {
    test(`another attempt goes elsewhere: ${name}`, () => {
      const endpoints = ['a', 'b'].map((one) => createEndpoint(one, 1))
      const balancer = new Balancer(endpoints, name === 'maglev' ? new Maglev() : new RoundRobin())
      for (let i = 0; i < 50; i++) {
        const key = hashText(String(i))
        const first = balancer.select(key)
        assert.notEqual(balancer.selectOther(first, key), first)
      }
      balancer.target('b').failed('ConnectionRefused')
      assert.equal(balancer.selectOther('a'), 'a')
    })
  }

  test('ejects what fails again and again, if it is told to', () => {
    const ejection = {
      consecutiveFailures: 3,
      errorRate: 0,
      latencyFactor: 0,
      latencyFloorMs: 0,
      minRequests: 1,
      intervalMs: 1000,
      ejectionMs: 1000,
      maxEjectionMs: 5000,
      maxEjectedShare: 0.5,
    }
    const { balancer } = share({ ejection })
    const b = balancer.target('b')
    b.answered(500, 1)
    b.failed('ReadTimeout')
    b.answered(200, 1)
    b.answered(503, 1)
    b.answered(503, 1)
    assert.equal(sorted(select(balancer, 3)), 'abc')
    b.failed('ReadError')
    assert.equal(sorted(select(balancer, 2)), 'ac')
    now += 1000
    assert.equal(sorted(select(balancer, 3)), 'abc')
  })
})
