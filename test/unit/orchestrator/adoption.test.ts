import assert from 'node:assert/strict'
import { test } from 'node:test'
import { assignSockets } from '../../../src/orchestrator/adoption.ts'

test('each living worker serves its own sockets', () => {
  assert.deepEqual(
    [...assignSockets([0, 1, 2], [0, 1, 2])],
    [
      [0, 0],
      [1, 1],
      [2, 2],
    ],
  )
})

test('the living share what the dead leave', () => {
  assert.deepEqual(
    [...assignSockets([0, 1, 2, 3], [1, 3])],
    [
      [0, 1],
      [1, 1],
      [2, 3],
      [3, 3],
    ],
  )
})

test('nobody serves when nobody lives', () => {
  assert.equal(assignSockets([0, 1], []).size, 0)
})
