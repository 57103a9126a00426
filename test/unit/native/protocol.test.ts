import assert from 'node:assert/strict'
import { test } from 'node:test'
import { nativeProtocol } from '../../../src/native/addon.ts'
import * as protocol from '../../../src/native/protocol.ts'

test('native code and TypeScript have the same protocol numbers', () => {
  assert.deepEqual(nativeProtocol(), { ...protocol })
})
