import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { type EjectionPolicy, Ejector } from '../../../src/balancer/ejector.ts'
import { createEndpointMemory, EndpointTable } from '../../../src/balancer/endpoint-table.ts'
import { OutlierDetector } from '../../../src/balancer/outlier-detector.ts'

const POLICY: EjectionPolicy = {
  consecutiveFailures: 5,
  errorRate: 0.5,
  latencyFactor: 3,
  latencyFloorMs: 50,
  minRequests: 5,
  intervalMs: 1000,
  ejectionMs: 10_000,
  maxEjectionMs: 300_000,
  maxEjectedShare: 0.5,
}

function make(endpoints: number, policy: Partial<EjectionPolicy> = {}) {
  const table = new EndpointTable(createEndpointMemory())
  const rows = Array.from({ length: endpoints }, (_, i) => table.claim('u', `10.0.0.${i}:80`))
  const all = { ...POLICY, ...policy }
  const detector = new OutlierDetector(table, rows, all)
  const ejector = new Ejector(table, rows, all)
  const answer = (index: number, count: number, latencyMs: number): void => {
    for (let i = 0; i < count; i++) table.countSuccess(rows[index] as number, latencyMs)
  }
  const fail = (index: number, count: number): void => {
    for (let i = 0; i < count; i++) table.countFailure(rows[index] as number)
  }
  const ejected = (): number[] => rows.flatMap((row, i) => (table.isEjected(row) ? [i] : []))
  return { table, rows, detector, ejector, answer, fail, ejected }
}

describe('outliers', () => {
  test('one that is much slower than the others is left out', () => {
    const { detector, answer, ejected } = make(3)
    answer(0, 100, 5)
    answer(1, 100, 7)
    answer(2, 10, 1000)
    const [outlier] = detector.check()
    assert.match(outlier?.reason ?? '', /took 1000 ms on average, the others 6/)
    assert.deepEqual(ejected(), [2])
    assert.deepEqual(detector.check(), [])
  })

  test('of two, the slow one', () => {
    const { detector, answer, ejected } = make(2)
    answer(0, 5, 1000)
    answer(1, 500, 1)
    detector.check()
    assert.deepEqual(ejected(), [0])
  })

  test('none when all are slow, when the difference is small, or below the floor', () => {
    const { detector, answer, ejected } = make(2)
    answer(0, 10, 1000)
    answer(1, 10, 900)
    detector.check()
    answer(0, 10, 49)
    answer(1, 10, 1)
    detector.check()
    assert.deepEqual(ejected(), [])
  })

  test('one that fails too often', () => {
    const { detector, answer, fail, ejected } = make(2)
    answer(0, 10, 1)
    fail(1, 5)
    answer(1, 6, 1)
    detector.check()
    assert.deepEqual(ejected(), [])
    answer(0, 10, 1)
    fail(1, 5)
    answer(1, 5, 1)
    assert.match(detector.check()[0]?.reason ?? '', /5 of 10 requests failed/)
    assert.deepEqual(ejected(), [1])
  })

  test('few requests tell nothing, until they have become enough', () => {
    const { detector, answer, fail, ejected } = make(2)
    answer(0, 100, 1)
    fail(1, 3)
    detector.check()
    assert.deepEqual(ejected(), [])
    fail(1, 2)
    detector.check()
    assert.deepEqual(ejected(), [1])
  })

  test('no more than the share that may be out', () => {
    const { detector, fail, ejected } = make(4)
    for (let i = 0; i < 4; i++) fail(i, 10)
    detector.check()
    assert.equal(ejected().length, 2)
    const only = make(1)
    only.fail(0, 10)
    only.detector.check()
    assert.deepEqual(only.ejected(), [])
  })

  test('failures one after the other count at once', () => {
    const { ejector, rows, answer, ejected } = make(2)
    for (let i = 0; i < 4; i++) ejector.failed(rows[1] as number)
    answer(1, 1, 1)
    for (let i = 0; i < 4; i++) ejector.failed(rows[1] as number)
    assert.deepEqual(ejected(), [])
    ejector.failed(rows[1] as number)
    assert.deepEqual(ejected(), [1])
  })
})
