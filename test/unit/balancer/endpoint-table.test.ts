import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, mock, test } from 'node:test'
import { Worker } from 'node:worker_threads'
import {
  createEndpointMemory,
  EndpointTable,
  MAX_ENDPOINTS,
} from '../../../src/balancer/endpoint-table.ts'

describe('the table of endpoints', () => {
  let now = 0
  beforeEach(() => {
    now = 1000
    mock.method(performance, 'now', () => now)
  })
  afterEach(() => mock.restoreAll())

  const make = (): EndpointTable => new EndpointTable(createEndpointMemory())

  test('has one row per upstream and address, whoever looks', () => {
    const memory = createEndpointMemory()
    const owner = new EndpointTable(memory)
    const rows = [
      owner.claim('a', '10.0.0.1:80'),
      owner.claim('a', '10.0.0.2:80'),
      owner.claim('b', '10.0.0.1:80'),
    ]
    assert.equal(new Set(rows).size, 3)
    assert.equal(owner.claim('a', '10.0.0.2:80'), rows[1])
    const other = new EndpointTable(memory)
    assert.equal(other.find('b', '10.0.0.1:80'), rows[2])
    assert.equal(other.find('c', '10.0.0.1:80'), 0)
  })

  test('has room for endpoints that come and go, as long as they are not too many at a time', () => {
    const table = make()
    const stays = table.claim('u', 'stays')
    table.setWeight(stays, 3)
    for (let i = 0; i < MAX_ENDPOINTS + 100; i++) {
      const row = table.claim('u', `goes-${i}`)
      assert.equal(table.weight(row), 0)
      table.setWeight(row, 9)
      table.forget(row)
      assert.equal(table.find('u', `goes-${i}`), 0)
    }
    assert.deepEqual([table.find('u', 'stays'), table.weight(stays)], [stays, 3])
    for (let i = 1; i < MAX_ENDPOINTS; i++) table.claim('u', `more-${i}`)
    assert.throws(() => table.claim('u', 'too many'), /more than 4096 endpoints/)
  })

  test('tells with its version that something has changed', () => {
    const table = make()
    const row = table.claim('u', 'a')
    let { version } = table
    const changes = [
      () => table.setHealth(row, 'unhealthy'),
      () => table.setAdminState(row, 'draining'),
      () => table.setWeight(row, 5),
      () => table.eject(row, 100, 100),
      () => table.readmit(row),
      () => table.forget(row),
    ]
    for (const change of changes) {
      change()
      assert.notEqual(table.version, version)
      version = table.version
    }
    table.countSuccess(row, 1)
    table.countFailure(row)
    assert.equal(table.version, version)
  })

  test('an ejection lasts twice as long each time, up to a limit, and a good while forgives', () => {
    const table = make()
    const row = table.claim('u', 'a')
    const lasts = (): number => {
      assert.equal(table.eject(row, 1000, 3000), true)
      assert.equal(table.eject(row, 1000, 3000), false, 'it is out already')
      return table.ejectedUntil(row) - table.now()
    }
    for (const expected of [1000, 2000, 3000, 3000]) {
      assert.equal(lasts(), expected)
      now += expected
      assert.equal(table.isEjected(row), false)
      now += 500
    }
    now += 60_000
    assert.equal(lasts(), 1000)
    assert.equal(table.ejections(row), 5)
  })

  test('counts failures in a row, and adds latencies up', () => {
    const table = make()
    const row = table.claim('u', 'a')
    assert.deepEqual([table.countFailure(row), table.countFailure(row)], [1, 2])
    table.countSuccess(row, 12.5)
    table.countSuccess(row, 0.25)
    assert.equal(table.countFailure(row), 1)
    assert.deepEqual(table.sums(row), { requests: 5, failures: 3, latencyMs: 12.75 })
  })

  test('sums that wrap still differ by what was added', () => {
    const before = { requests: 0xffffffff, failures: 5, latencyMs: 42_949_672.9 }
    const after = { requests: 1, failures: 6, latencyMs: 0.04 }
    assert.deepEqual(EndpointTable.difference(after, before), {
      requests: 2,
      failures: 1,
      latencyMs: 0.1,
    })
  })
})

test('threads see each other’s changes, and share a clock', async () => {
  const memory = createEndpointMemory()
  const table = new EndpointTable(memory)
  const row = table.claim('u', 'a')
  const module = new URL('../../../src/balancer/endpoint-table.js', import.meta.url)
  const code = `
    const { parentPort, workerData } = require('node:worker_threads')
    import('${module}').then(({ EndpointTable }) => {
      const table = new EndpointTable(workerData)
      const row = table.find('u', 'a')
      table.eject(row, 60_000, 60_000)
      parentPort.postMessage(table.now())
    })`
  const worker = new Worker(code, { eval: true, workerData: memory })
  const before = table.now()
  const between = await new Promise<number>((resolve) => worker.once('message', resolve))
  assert.ok(between >= before && between <= table.now(), `${before} ${between} ${table.now()}`)
  assert.equal(table.isEjected(row), true)
  await worker.terminate()
})
