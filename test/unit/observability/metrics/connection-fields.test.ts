import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  CONNECTION_BOUNDS,
  connectionClass,
} from '../../../../src/observability/metrics/connection-fields.ts'

test('a duration belongs to the first bound that it is not longer than', () => {
  assert.equal(connectionClass(0), 0)
  assert.equal(connectionClass(10), 0)
  assert.equal(connectionClass(10.1), 1)
  for (const [index, bound] of CONNECTION_BOUNDS.entries()) {
    assert.equal(connectionClass(bound * 1000), index)
    assert.equal(connectionClass(bound * 1000 + 1), index + 1)
  }
})
