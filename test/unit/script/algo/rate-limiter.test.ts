import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { createRateMemory } from '../../../../src/balancer/rate-memory.ts'
import { createRateLimiterClass } from '../../../../src/script/algo/rate-limiter.ts'

describe('RateLimiter', () => {
  it('lets a burst pass, by key', () => {
    const limiter = new (createRateLimiterClass())('a', { rate: '1/h', burst: 2 })
    assert.deepEqual(
      [1, 2, 3].map(() => limiter.take('k')),
      [true, true, false],
    )
    assert.equal(limiter.left('k'), 0)
    assert.ok(limiter.wait('k') > 3500)
    assert.equal(limiter.wait('k', 3), Number.POSITIVE_INFINITY)
    assert.equal(limiter.take('other', 2), true)
  })

  it('is one by its name, in memory that is shared', () => {
    const memory = createRateMemory()
    const [One, Other] = [createRateLimiterClass(memory), createRateLimiterClass(memory)]
    const options = { rate: '1/h', burst: 1 }
    assert.equal(new One('a', options).take('k'), true)
    assert.equal(new Other('a', options).take('k'), false)
    assert.equal(new Other('b', options).take('k'), true)
  })

  it('lets pass what comes in a second unless told otherwise', () => {
    const RateLimiter = createRateLimiterClass()
    assert.equal(new RateLimiter('a', { rate: 7.5 }).left('k'), 8)
    assert.equal(new RateLimiter('b', { rate: '1/m' }).left('k'), 1)
  })

  it('checks its arguments', () => {
    const RateLimiter = createRateLimiterClass()
    const make = (options: unknown) => () => new RateLimiter('a', options as { rate: number })
    assert.throws(make(undefined), /argument #2 expects an object/)
    for (const rate of [0, -1, '5/w', '', null, 1e7]) {
      assert.throws(make({ rate }), /option rate must be a number per second/)
    }
    assert.throws(make({ rate: 1, burst: 0.5 }), /option burst must be a whole number from 1/)
    const limiter = new RateLimiter('a', { rate: 1 })
    assert.throws(() => limiter.take(1 as unknown as string), /argument #1 expects a string/)
    assert.throws(() => limiter.take('k', -1), /argument #2 expects a number of tokens/)
  })
})
