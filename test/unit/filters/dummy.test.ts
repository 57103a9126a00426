import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SessionEnd } from '../../../src/engine/event.ts'
import { Message } from '../../../src/engine/message.ts'
import { run } from './support/run.ts'

test('dummy: nothing comes out', () => {
  assert.deepEqual(
    run((p) => p.dummy(), ['raw', new Message('a'), new SessionEnd()]),
    [],
  )
})
