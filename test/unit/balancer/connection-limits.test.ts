import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Balancer, type BalancerOptions } from '../../../src/balancer/balancer.ts'
import type { ConnectionLimits, Waiter } from '../../../src/balancer/connection-limits.ts'
import { createEndpointMemory, EndpointTable } from '../../../src/balancer/endpoint-table.ts'
import { createEndpoint } from '../../../src/balancer/picker.ts'
import { PICKERS } from '../../../src/balancer/pickers.ts'

type Name = keyof typeof PICKERS

/** Balancers of several workers over the same endpoints. */
class Workers {
  readonly memory: SharedArrayBuffer = createEndpointMemory(2)
  readonly owner: EndpointTable = new EndpointTable(this.memory)

  balancer(
    seat: number,
    maxConnections: readonly number[],
    { balance = 'round-robin' as Name, ...options }: BalancerOptions & { balance?: Name } = {},
  ): Balancer {
    const endpoints = maxConnections.map((_, i) => createEndpoint('abcdef'[i] as string, 1))
    for (const { address } of endpoints) this.owner.claim('u', address)
    const table = new EndpointTable(this.memory, seat)
    return new Balancer(endpoints, PICKERS[balance](), {
      ...{ upstream: 'u', table, maxConnections },
      ...options,
    })
  }
}

function limitsOf({ limits }: Balancer): ConnectionLimits {
  assert.ok(limits)
  return limits
}

function open(balancer: Balancer, address: string): boolean {
  return limitsOf(balancer).of(address)?.open() === true
}

/** Takes one place, when there is one. */
class OneWaiter implements Waiter {
  isServed = false
  readonly #balancer: Balancer

  constructor(balancer: Balancer) {
    this.#balancer = balancer
  }

  serve(): boolean {
    const address = this.#balancer.select()
    this.isServed = address !== '' && open(this.#balancer, address)
    return this.isServed
  }

  settle(): void {}
}

async function until(isTrue: () => boolean): Promise<void> {
  while (!isTrue()) await new Promise((resolve) => setTimeout(resolve, 1))
}

describe('endpoints with limits', () => {
  for (const balance of Object.keys(PICKERS) as Name[]) {
    test(`${balance} picks none that is full, and nobody when all are`, () => {
      const balancer = new Workers().balancer(0, [1, 2, 0], { balance })
      const counts = new Map<string, number>()
      for (let i = 0; i < 300; i++) {
        const address = balancer.select((i * 0x9e3779b9) >>> 0)
        limitsOf(balancer).of(address)?.open()
        counts.set(address, (counts.get(address) ?? 0) + 1)
        balancer.target(address).begin()
      }
      assert.equal(counts.get('a'), 1)
      assert.equal(counts.get('b'), 2)
      assert.equal(counts.get('c'), 297)
    })

    test(`${balance} picks nobody when all are full, until one is not`, () => {
      const balancer = new Workers().balancer(0, [1, 1], { balance })
      assert.ok(open(balancer, 'a') && open(balancer, 'b'))
      assert.equal(balancer.select(7), '')
      assert.equal(balancer.selectOther('a', 7), '')
      limitsOf(balancer).of('a')?.close()
      assert.equal(balancer.select(7), 'a')
      assert.equal(balancer.selectOther('b', 7), 'a')
      assert.equal(balancer.selectOther('a', 7), 'a')
    })
  }

  test('without limits there is nothing that counts', () => {
    assert.equal(new Workers().balancer(0, [0, 0]).limits, null)
  })

  test('a connection that is kept is room', () => {
    const balancer = new Workers().balancer(0, [1])
    assert.ok(open(balancer, 'a'))
    const limit = limitsOf(balancer).of('a')
    limit?.keep()
    assert.equal(balancer.select(), 'a')
    limit?.use()
    assert.equal(balancer.select(), '')
    limitsOf(balancer).unwatch()
  })

  test('backups and other zones are asked when those that are preferred are full', () => {
    const places = [
      { priority: 0, zone: 'here' },
      { priority: 0, zone: 'there' },
      { priority: 1, zone: 'here' },
    ]
    const rules = { panicShare: 0, zone: 'here' }
    const balancer = new Workers().balancer(0, [1, 1, 1], { places, rules })
    const order = [1, 2, 3].map(() => {
      const address = balancer.select()
      open(balancer, address)
      return address
    })
    assert.deepEqual(order, ['a', 'b', 'c'])
    assert.equal(balancer.select(), '')
  })
})

describe('limits over workers', () => {
  test('count the connections of all', () => {
    const workers = new Workers()
    const [one, other] = [workers.balancer(0, [3]), workers.balancer(1, [3])]
    assert.deepEqual(
      [one, other, one, other].map((balancer) => open(balancer, 'a')),
      [true, true, true, false],
    )
    assert.equal(workers.owner.connections.count(workers.owner.find('u', 'a')), 3)
  })

  test('what a worker had that has died is free', () => {
    const workers = new Workers()
    const [one, other] = [workers.balancer(0, [2]), workers.balancer(1, [2])]
    assert.ok(open(one, 'a') && open(one, 'a'))
    assert.equal(other.select(), '')
    workers.owner.connections.clear(0)
    assert.equal(other.select(), 'a')
  })

  test('wake who waits on another worker', async () => {
    const workers = new Workers()
    const [one, other] = [workers.balancer(0, [1]), workers.balancer(1, [1])]
    assert.ok(open(one, 'a'))
    const waiter = new OneWaiter(other)
    limitsOf(other).wait(waiter)
    assert.equal(limitsOf(one).of('a')?.othersWait, true)
    limitsOf(one).of('a')?.close()
    await until(() => waiter.isServed)
    assert.equal(limitsOf(one).of('a')?.othersWait, false)
  })

  test('have connections given up that nobody uses', async () => {
    const workers = new Workers()
    const [one, other] = [workers.balancer(0, [1]), workers.balancer(1, [1])]
    const limit = limitsOf(one).of('a')
    assert.ok(open(one, 'a') && limit)
    limitsOf(one).keeper = {
      giveUp: () => {
        limit.use()
        limit.close()
      },
      settle: () => {},
    }
    limit.keep()
    const waiter = new OneWaiter(other)
    limitsOf(other).wait(waiter)
    await until(() => waiter.isServed)
  })

  test('let workers that wait have about as many connections each', () => {
    const workers = new Workers()
    const [one, other] = [workers.balancer(0, [4]), workers.balancer(1, [4])]
    const [mine, its] = [limitsOf(one).of('a'), limitsOf(other).of('a')]
    for (let i = 0; i < 4; i++) assert.ok(open(one, 'a'))
    const waiter = new OneWaiter(other)
    limitsOf(other).wait(waiter)
    const given: boolean[] = []
    for (let i = 0; i < 3; i++) {
      given.push(mine?.shouldGive() === true)
      if (!given[i]) continue
      mine?.close()
      // The place is not taken back while the other may have it.
      assert.equal(one.select(), '')
      assert.ok(its?.open())
    }
    assert.deepEqual(given, [true, true, false])
    limitsOf(other).leave(waiter)
  })
})
