import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { BoundedRingLoadBalancer } from '../../../../src/script/algo/bounded-ring-load-balancer.ts'
import { HashingLoadBalancer } from '../../../../src/script/algo/hashing-load-balancer.ts'
import { LeastTimeLoadBalancer } from '../../../../src/script/algo/least-time-load-balancer.ts'
import { LeastWorkLoadBalancer } from '../../../../src/script/algo/least-work-load-balancer.ts'
import { MaglevLoadBalancer } from '../../../../src/script/algo/maglev-load-balancer.ts'
import { PowerOfTwoLoadBalancer } from '../../../../src/script/algo/power-of-two-load-balancer.ts'
import { RandomLoadBalancer } from '../../../../src/script/algo/random-load-balancer.ts'
import { RoundRobinLoadBalancer } from '../../../../src/script/algo/round-robin-load-balancer.ts'

function count(values: (string | undefined)[]): Record<string, number> {
  const counts: Record<string, number> = {}
  for (const value of values) counts[String(value)] = (counts[String(value)] ?? 0) + 1
  return counts
}

describe('algo.RoundRobinLoadBalancer', () => {
  it('deals out targets by weight in every round', () => {
    const balancer = new RoundRobinLoadBalancer({ a: 2, b: 1, c: 1, none: 0 })
    for (let round = 0; round < 3; round++) {
      const dealt = [1, 2, 3, 4].map(() => balancer.select())
      assert.deepEqual(count(dealt), { a: 2, b: 1, c: 1 })
    }
  })

  it('remembers what a tag got, until that takes no more work', () => {
    const balancer = new RoundRobinLoadBalancer({ a: 1, b: 1 })
    const first = balancer.select('tag') ?? ''
    balancer.select()
    for (let i = 0; i < 3; i++) assert.equal(balancer.select('tag'), first)
    balancer.set(first, 0)
    assert.notEqual(balancer.select('tag'), first)
  })

  it('has nothing to give without targets', () => {
    assert.equal(new RoundRobinLoadBalancer().select(), undefined)
    assert.equal(new RoundRobinLoadBalancer({ a: 0 }).select(), undefined)
  })

  it('has no deselect, which scripts ask for with ?.', () => {
    assert.equal('deselect' in new RoundRobinLoadBalancer(), false)
  })

  it('checks its arguments', () => {
    assert.throws(
      () => new RoundRobinLoadBalancer({ a: '1' as never }),
      /argument #2 expects a number/,
    )
    assert.throws(() => new RoundRobinLoadBalancer({ a: -1 }), /expects a weight of 0 or more/)
    assert.throws(() => new RoundRobinLoadBalancer(1 as never), /argument #1 expects an object/)
  })
})

describe('algo.LeastWorkLoadBalancer', () => {
  it('picks the target with the least work for its weight', () => {
    const balancer = new LeastWorkLoadBalancer({ a: 2, b: 1 })
    assert.deepEqual(count([1, 2, 3].map(() => balancer.select())), { a: 2, b: 1 })
    balancer.deselect('b')
    assert.equal(balancer.select(), 'b')
  })

  it('does not count below nothing', () => {
    const balancer = new LeastWorkLoadBalancer({ a: 1, b: 1 })
    balancer.deselect('a')
    balancer.deselect('unknown')
    assert.deepEqual(count([1, 2].map(() => balancer.select())), { a: 1, b: 1 })
  })
})

describe('algo.HashingLoadBalancer', () => {
  const targets = ['10.0.0.1:80', '10.0.0.2:80', '10.0.0.3:80', '10.0.0.4:80']
  const tags = Array.from({ length: 8000 }, (_, i) => `client-${i}`)

  it('always gives a tag the same target, whatever the order of targets', () => {
    const balancer = new HashingLoadBalancer(targets)
    const reversed = new HashingLoadBalancer(targets.toReversed())
    for (const tag of tags) assert.equal(balancer.select(tag), reversed.select(tag))
    assert.equal(balancer.select(1), balancer.select('1'))
  })

  it('spreads tags evenly', () => {
    const balancer = new HashingLoadBalancer(targets)
    for (const share of Object.values(count(tags.map((tag) => balancer.select(tag))))) {
      assert.ok(Math.abs(share - 2000) < 200, `${share} of 8000`)
    }
  })

  it('moves only the tags of a target that leaves, and only to one that comes', () => {
    const balancer = new HashingLoadBalancer(targets)
    const before = tags.map((tag) => balancer.select(tag))
    assert.equal(balancer.remove('10.0.0.2:80'), true)
    tags.forEach((tag, i) => {
      if (before[i] !== '10.0.0.2:80') assert.equal(balancer.select(tag), before[i])
      else assert.notEqual(balancer.select(tag), before[i])
    })
    balancer.add('10.0.0.2:80')
    assert.deepEqual(
      tags.map((tag) => balancer.select(tag)),
      before,
    )
  })

  it('has nothing to give without targets', () => {
    assert.equal(new HashingLoadBalancer().select('x'), undefined)
    assert.throws(
      () => new HashingLoadBalancer({} as never),
      /argument #1 expects an instance of Array/,
    )
  })
})

describe('balancers that pick as the load balancer does', () => {
  const all = {
    RandomLoadBalancer,
    PowerOfTwoLoadBalancer,
    LeastTimeLoadBalancer,
    MaglevLoadBalancer,
    BoundedRingLoadBalancer,
  }
  for (const [name, Balancer] of Object.entries(all)) {
    it(`algo.${name}: a tag stays with its target, until that takes no more work`, () => {
      const balancer = new Balancer({ a: 1, b: 1, none: 0 })
      const first = balancer.select('tag') ?? ''
      assert.match(first, /^[ab]$/)
      for (let i = 0; i < 20; i++) {
        balancer.deselect(first)
        assert.equal(balancer.select('tag'), first)
      }
      balancer.set(first, 0)
      assert.notEqual(balancer.select('tag'), first)
    })

    it(`algo.${name}: checks arguments, and has nothing to give without targets`, () => {
      assert.equal(new Balancer().select('x'), undefined)
      assert.equal(new Balancer({ a: 0 }).select(), undefined)
      assert.throws(() => new Balancer({ a: -1 }), /expects a weight of 0 or more/)
      assert.throws(() => new Balancer(1 as never), /argument #1 expects an object/)
      new Balancer({ a: 1 }).deselect('unknown')
    })
  }

  it('algo.LeastTimeLoadBalancer goes by what deselect is told', () => {
    const balancer = new LeastTimeLoadBalancer({ a: 1, b: 1 })
    for (let i = 0; i < 2; i++) {
      const target = balancer.select() ?? ''
      balancer.deselect(target, target === 'a' ? 900 : 1)
    }
    for (let i = 0; i < 20; i++) {
      assert.equal(balancer.select(), 'b')
      balancer.deselect('b', 1)
    }
  })

  it('algo.BoundedRingLoadBalancer gives way when all work has one tag', () => {
    const balancer = new BoundedRingLoadBalancer({ a: 1, b: 1 })
    const counts = count(Array.from({ length: 100 }, () => balancer.select('tag')))
    assert.ok((counts['a'] ?? 0) <= 63 && (counts['b'] ?? 0) <= 63, JSON.stringify(counts))
  })
})
