import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { Worker } from 'node:worker_threads'
import { createSharedMapClass } from '../../../../src/script/algo/shared-map.ts'
import {
  createSharedMemory,
  MAX_KEYS,
  releaseLockOf,
} from '../../../../src/script/algo/shared-table.ts'

const COUNTER = new URL('../../../support/shared-map-counter.js', import.meta.url)

describe('SharedMap', () => {
  it('gets, sets, adds and deletes', () => {
    const SharedMap = createSharedMapClass()
    const map = new SharedMap('m')
    assert.equal(map.get('a'), undefined)
    map.set('a', 1.5)
    assert.equal(map.get('a'), 1.5)
    assert.equal(map.add('a', 2), 3.5)
    assert.equal(map.add('new', -1), -1)
    assert.deepEqual(map.keys().sort(), ['a', 'new'])
    assert.equal(map.delete('a'), true)
    assert.equal(map.delete('a'), false)
    assert.equal(map.get('a'), undefined)
    assert.deepEqual(map.keys(), ['new'])
  })

  it('is one map by its name, and keeps maps apart', () => {
    const SharedMap = createSharedMapClass()
    new SharedMap('a').set('bc', 1)
    new SharedMap('ab').set('c', 2)
    assert.equal(new SharedMap('a').get('bc'), 1)
    assert.deepEqual(new SharedMap('ab').keys(), ['c'])
    assert.deepEqual(new SharedMap('').keys(), [])
  })

  it('takes any text as key, up to its limit', () => {
    const SharedMap = createSharedMapClass()
    const map = new SharedMap('m')
    for (const key of ['', '日本', '\0', 'x'.repeat(222)]) map.set(key, key.length)
    assert.deepEqual(map.keys().sort(), ['', '\0', 'x'.repeat(222), '日本'])
    assert.throws(() => map.set('x'.repeat(223), 1), /key too long: 224 bytes/)
    assert.throws(() => new SharedMap('n'.repeat(224)), /name too long/)
  })

  it('checks its arguments', () => {
    const SharedMap = createSharedMapClass()
    const map = new SharedMap('m')
    assert.throws(() => map.set('a', '1' as unknown as number), /argument #2 expects a number/)
    assert.throws(() => map.get(1 as unknown as string), /argument #1 expects a string/)
  })

  it('says that it is full, and has room again after a key is deleted', () => {
    const SharedMap = createSharedMapClass()
    const map = new SharedMap('m')
    for (let i = 0; i < MAX_KEYS; i++) map.set(`key ${i}`, i)
    assert.throws(() => map.add('one more', 1), /shared maps are full: they hold 10000 keys/)
    assert.equal(map.add('key 5', 1), 6)
    assert.equal(map.delete('key 7'), true)
    assert.equal(map.add('one more', 1), 1)
    for (let i = 0; i < MAX_KEYS; i++) if (i !== 7 && i !== 5) assert.equal(map.get(`key ${i}`), i)
  })

  it('survives a long life of keys that come and go', () => {
    const SharedMap = createSharedMapClass()
    const map = new SharedMap('m')
    map.set('stays', 7)
    for (let i = 0; i < 100_000; i++) {
      map.set(`key ${i}`, i)
      if (i >= 100) assert.equal(map.delete(`key ${i - 100}`), true)
    }
    assert.equal(map.get('stays'), 7)
    assert.equal(map.keys().length, 101)
  })

  it('loses nothing when threads count at the same time', async () => {
    const memory = createSharedMemory()
    const workers = Array.from(
      { length: 4 },
      () => new Worker(COUNTER, { workerData: { memory, rounds: 20_000 } }),
    )
    await Promise.all(workers.map((worker) => once(worker, 'exit')))
    const map = new (createSharedMapClass(memory))('m')
    assert.equal(map.get('one'), 80_000)
    const keys = Array.from({ length: 10 }, (_, i) => map.get(`key ${i}`))
    assert.deepEqual(keys, new Array(10).fill(8000))
  })

  it('goes on after a thread has died with the lock', () => {
    const memory = createSharedMemory()
    const map = new (createSharedMapClass(memory))('m')
    new Int32Array(memory)[0] = 77 + 1
    releaseLockOf(memory, 76)
    assert.equal(new Int32Array(memory)[0], 78)
    releaseLockOf(memory, 77)
    assert.equal(map.add('a', 1), 1)
  })
})
