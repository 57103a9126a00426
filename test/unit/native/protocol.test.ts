import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nativeCounterNames, nativeProtocol } from '../../../src/native/addon.ts'
import { COUNTERS } from '../../../src/native/counters.ts'
import * as protocol from '../../../src/native/protocol.ts'

test('native code and TypeScript have the same protocol numbers', () => {
  assert.deepEqual(nativeProtocol(), { ...protocol })
})

test('native code and TypeScript have the same counters in the same order', () => {
  assert.deepEqual(
    nativeCounterNames(),
    COUNTERS.map(({ name }) => name),
  )
})
