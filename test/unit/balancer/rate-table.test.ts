import assert from 'node:assert/strict'
import { once } from 'node:events'
import { describe, it } from 'node:test'
import { Worker } from 'node:worker_threads'
import {
  beginRateLimits,
  createRateMemory,
  dropRateLimits,
  keepRateLimits,
  MAX_RATE_KEYS,
  MAX_RATE_LIMITS,
} from '../../../src/balancer/rate-memory.ts'
import { RateTable } from '../../../src/balancer/rate-table.ts'

const TAKER = new URL('../../support/rate-taker.js', import.meta.url)

/** A limit whose clock stands until a test moves it. */
function create(perSecond: number, burst: number, start = 0) {
  const clock = { ms: start }
  const memory = createRateMemory()
  const table = new RateTable(memory, 'a', { perSecond, burst }, () => clock.ms)
  return { clock, memory, table }
}

describe('RateTable', () => {
  it('lets a burst pass, and then one for each interval', () => {
    const { clock, table } = create(10, 3)
    assert.deepEqual(
      [1, 2, 3].map(() => table.take('k')),
      [0, 0, 0],
    )
    assert.equal(table.take('k'), 100)
    clock.ms = 40
    assert.ok(Math.abs(table.take('k') - 60) <= 100 / 64)
    clock.ms = 100
    assert.equal(table.take('k'), 0)
    assert.equal(table.take('k'), 100)
    clock.ms = 1e6
    assert.deepEqual(
      [1, 2, 3, 4].map(() => table.take('k')),
      [0, 0, 0, 100],
    )
  })

  for (const rate of [0.01, 0.3, 1, 7, 333, 12_345, 1_000_000]) {
    it(`gives ${rate} per second to whoever asks all the time, and not one more`, () => {
      const { clock, table } = create(rate, 5, 123_456_789)
      const steps = 20_000
      const stepMs = 1000 / rate / 7
      let passed = 0
      for (let i = 0; i < steps; i++, clock.ms += stepMs) if (table.take('k') === 0) passed++
      const most = 5 + ((steps - 1) * stepMs * rate) / 1000
      assert.ok(passed <= most + 0.02 && passed > most - 2, `${passed} of ${most}`)
    })
  }

  it('takes several tokens or none, and never more than a bucket holds', () => {
    const { table } = create(1, 5)
    assert.equal(table.take('k', 6), Number.POSITIVE_INFINITY)
    assert.equal(table.take('k', 4), 0)
    assert.equal(table.left('k'), 1)
    assert.equal(table.take('k', 2), 1000)
    assert.equal(table.wait('k', 2), 1000)
    assert.equal(table.wait('k'), 0)
    assert.equal(table.left('k'), 1)
    assert.equal(table.left('other'), 5)
  })

  it('keeps keys and names apart, and limits of one name together', () => {
    const { clock, memory, table } = create(1, 1)
    const rate = { perSecond: 1, burst: 1 }
    assert.equal(table.take('a'), 0)
    assert.equal(table.take('b'), 0)
    assert.equal(table.take('a'), 1000)
    assert.equal(new RateTable(memory, 'a', rate, () => clock.ms).take('a'), 1000)
    assert.equal(new RateTable(memory, 'b', rate, () => clock.ms).take('a'), 0)
    // After a reload with another rate everybody begins anew.
    assert.equal(new RateTable(memory, 'a', { ...rate, burst: 2 }, () => clock.ms).take('a'), 0)
  })

  it('goes on when its ticks wrap, and after a key was away for as long as they take', () => {
    const perSecond = 1000
    const wrapMs = 2 ** 32 / 64
    const { clock, table } = create(perSecond, 2, wrapMs - 1.5)
    assert.deepEqual(
      [1, 2].map(() => table.take('k')),
      [0, 0],
    )
    assert.ok(table.take('k') > 0)
    clock.ms = wrapMs + 0.5
    assert.deepEqual(
      [1, 2].map(() => table.take('k')),
      [0, 0],
    )
    assert.ok(table.take('k') > 0)
    for (const share of [0.3, 0.6, 0.9]) {
      clock.ms += wrapMs * share
      assert.deepEqual(
        [1, 2].map(() => table.take('k')),
        [0, 0],
      )
    }
  })

  it('remembers who owes most when there are more keys than it holds', () => {
    const { table } = create(1, 100)
    const heavy = Array.from({ length: 50 }, (_, i) => `heavy ${i}`)
    for (const key of heavy) assert.equal(table.take(key, 100), 0)
    for (let i = 0; i < 4 * MAX_RATE_KEYS; i++) assert.equal(table.take(`light ${i}`), 0)
    assert.deepEqual(
      heavy.filter((key) => table.take(key) === 0),
      [],
    )
  })

  it('has room for keys whose buckets are full again', () => {
    const { clock, table } = create(1, 1)
    for (let round = 0; round < 4; round++, clock.ms += 1000) {
      for (let i = 0; i < 1000; i++) assert.equal(table.take(`key ${round} ${i}`), 0)
      for (let i = 0; i < 1000; i++) assert.ok(table.take(`key ${round} ${i}`) > 0)
    }
  })

  it('says that there are too many limits', () => {
    const memory = createRateMemory()
    const add = (i: number) => new RateTable(memory, `limit ${i}`, { perSecond: 1, burst: 1 })
    for (let i = 0; i < MAX_RATE_LIMITS; i++) add(i)
    add(0)
    assert.throws(() => add(MAX_RATE_LIMITS), /more than 512 rate limits/)
  })

  it('has room for the limits of the next program when those of an earlier one are out of use', () => {
    const memory = createRateMemory()
    const open = (name: string) =>
      new RateTable(memory, name, { perSecond: 0.001, burst: 1 }, () => 0)
    const half = MAX_RATE_LIMITS / 2
    assert.equal(open('kept').take('k'), 0)
    for (let program = 1; program < 8; program++) {
      beginRateLimits(memory, program)
      // Whoever has its limit from before shares it with who asks for it now.
      assert.ok(open('kept').take('k') > 0)
      for (let i = 0; i < half - 1; i++) {
        const table = open(`${program} ${i}`)
        // Nothing is owed of what an earlier limit of this place was asked for.
        assert.equal(table.take('k'), 0)
      }
      keepRateLimits(memory, program)
    }
    beginRateLimits(memory, 8)
    assert.ok(open('kept').take('k') > 0)
    assert.throws(() => {
      for (let i = 0; i < half + 1; i++) open(`8 ${i}`)
    }, /more than 512 rate limits, with those of the program that runs: give the same name/)
    dropRateLimits(memory)
    // What never ran takes no room, and takes nothing away.
    beginRateLimits(memory, 9)
    for (let i = 0; i < half - 1; i++) assert.equal(open(`9 ${i}`).take('k'), 0)
    for (let i = 0; i < half - 1; i++) assert.ok(open(`7 ${i}`).take('k') > 0)
    assert.ok(open('kept').take('k') > 0)
  })

  it('keeps what is owed to a limit that is out of use, while there is room', () => {
    const memory = createRateMemory()
    const open = () => new RateTable(memory, 'a', { perSecond: 0.001, burst: 1 }, () => 0)
    assert.equal(open().take('k'), 0)
    beginRateLimits(memory, 1)
    keepRateLimits(memory, 1)
    assert.ok(open().take('k') > 0)
  })

  it('gives threads that ask at the same time what one would get', async () => {
    const memory = createRateMemory()
    const keys = 5
    const workers = Array.from(
      { length: 4 },
      () => new Worker(TAKER, { workerData: { memory, rounds: 20_000, keys } }),
    )
    const taken = await Promise.all(
      workers.map(async (worker) => (await once(worker, 'message'))[0] as number[]),
    )
    const sums = Array.from({ length: keys }, (_, key) =>
      taken.reduce((sum, one) => sum + (one[key] ?? 0), 0),
    )
    assert.deepEqual(sums, new Array(keys).fill(1000))
  })
})
