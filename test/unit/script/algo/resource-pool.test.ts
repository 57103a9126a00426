import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ResourcePool } from '../../../../src/script/algo/resource-pool.ts'

describe('algo.ResourcePool', () => {
  const make = () => {
    let made = 0
    return new ResourcePool<string>((pool) => `${pool}#${++made}`)
  }

  it('gives a tenant the same resource until it is freed', () => {
    const pool = make()
    assert.equal(pool.allocate('p', 'a'), 'p#1')
    assert.equal(pool.allocate('p', 'a'), 'p#1')
    assert.equal(pool.allocate('p', 'b'), 'p#2')
    assert.equal(pool.allocate('q', 'a'), 'q#3')
  })

  it('reuses the resource that has been free for longest', () => {
    const pool = make()
    for (const tenant of ['a', 'b']) pool.allocate('p', tenant)
    pool.free('p#2')
    pool.free('p#1')
    assert.equal(pool.allocate('q', 'c'), 'q#3')
    assert.equal(pool.allocate('p', 'c'), 'p#2')
    assert.equal(pool.allocate('p', 'd'), 'p#1')
    assert.equal(pool.allocate('p', 'e'), 'p#4')
  })

  it('frees all that a tenant has', () => {
    const pool = make()
    const tenant = {}
    pool.allocate('p', tenant)
    pool.allocate('q', tenant)
    pool.freeTenant(tenant)
    pool.freeTenant(tenant)
    assert.equal(pool.allocate('p', 'x'), 'p#1')
    assert.equal(pool.allocate('q', 'x'), 'q#2')
  })

  it('gives whoever has no name a resource of his own', () => {
    const pool = make()
    assert.equal(pool.allocate('p'), 'p#1')
    assert.equal(pool.allocate('p'), 'p#2')
    pool.free('p#1')
    pool.free('p#1')
    pool.free('unknown')
    assert.equal(pool.allocate('p'), 'p#1')
    assert.equal(pool.allocate('p'), 'p#3')
  })
})
