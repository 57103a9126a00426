import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Cache } from '../../../../src/script/algo/cache.ts'

describe('algo.Cache', () => {
  it('makes a value once per key, undefined included', () => {
    let made = 0
    const cache = new Cache<unknown, undefined>(() => void made++)
    const key = {}
    for (const k of [key, key, 1, 1, '1']) assert.equal(cache.get(k), undefined)
    assert.equal(made, 3)
  })

  it('frees what it clears, removes and forgets', () => {
    const freed: [string, string][] = []
    const cache = new Cache<string, string>(
      (key) => key.toUpperCase(),
      (key, value) => freed.push([key, value]),
      { size: 2 },
    )
    for (const key of ['a', 'b', 'a', 'c']) cache.get(key)
    assert.deepEqual(freed, [['b', 'B']])
    assert.equal(cache.remove('a'), true)
    assert.equal(cache.remove('a'), false)
    cache.clear()
    assert.deepEqual(freed, [
      ['b', 'B'],
      ['a', 'A'],
      ['c', 'C'],
    ])
    assert.equal(cache.has('c'), false)
  })

  it('stores nothing when making fails, and may be asked while making', () => {
    const cache: Cache<number, number> = new Cache((n) => {
      if (n > 100) throw new Error('too far')
      return n === 0 ? 0 : n + cache.get(n - 1)
    })
    assert.equal(cache.get(3), 6)
    assert.throws(() => cache.get(101), /too far/)
    assert.equal(cache.has(101), false)
  })

  it('checks its arguments', () => {
    assert.throws(() => new Cache(1 as never), /argument #1 expects a function/)
    assert.throws(() => new Cache(() => 1, 2 as never), /argument #2 expects a function/)
    assert.throws(() => new Cache(() => 1, null, { size: 0 }), /argument #3 expects a size/)
  })
})
