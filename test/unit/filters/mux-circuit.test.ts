import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Circuit } from '../../../src/filters/mux/circuit.ts'

const NONE = { maxRequests: 0, maxPending: 0, pendingMs: 0, maxDelayMs: 0 }

test('refuses what is more than allowed, until something is over', () => {
  const circuit = new Circuit({ ...NONE, maxRequests: 2, maxPending: 1 })
  assert.deepEqual([circuit.enter(), circuit.enter(), circuit.enter()], [true, true, false])
  circuit.leave()
  assert.equal(circuit.enter(), true)
  assert.deepEqual([circuit.mayWait(0), circuit.mayWait(1)], [true, false])
  assert.deepEqual([circuit.active, circuit.refused, circuit.shed], [2, 2, 0])
})

test('refuses everything while the thread is late', () => {
  const load = { standingDelayMs: 0 }
  const circuit = new Circuit({ ...NONE, maxDelayMs: 50 }, load)
  assert.equal(circuit.enter(), true)
  load.standingDelayMs = 51
  assert.equal(circuit.enter(), false)
  load.standingDelayMs = 49
  assert.equal(circuit.enter(), true)
  assert.deepEqual([circuit.active, circuit.refused, circuit.shed], [2, 0, 1])
})
