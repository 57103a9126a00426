import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Tap, TapEnd, TapEvent } from '../../../src/admin/gui/contract.ts'
import { guiModule } from '../../support/gui-module.ts'

interface TapModule {
  readonly tap: { value: Tap | null }
  readonly isTapping: { readonly value: boolean }
  addTapEvent(told: TapEvent | TapEnd): void
}

const { tap, isTapping, addTapEvent } = await guiModule<TapModule>('state/tap.ts')

function passing(id: string, isLast = false): TapEvent {
  return { tap: id, time: 0, worker: 0, session: 1, side: 'in', kind: 'MessageEnd', isLast }
}

function start(id: string): void {
  tap.value = { id, filter: '/main.js#0.0', isOver: false, events: [] }
}

test('a tap is over with its last event', () => {
  start('1')
  addTapEvent(passing('1'))
  assert.equal(isTapping.value, true)
  addTapEvent(passing('1', true))
  assert.equal(isTapping.value, false)
  assert.equal(tap.value?.events.length, 2)
})

test('a tap is over when the server says so, with what it has seen', () => {
  start('2')
  addTapEvent(passing('2'))
  addTapEvent({ tap: '2', isOver: true })
  assert.equal(isTapping.value, false)
  assert.equal(tap.value?.events.length, 1)
})

test('what is told of other taps is not shown', () => {
  start('3')
  addTapEvent(passing('2'))
  addTapEvent({ tap: '2', isOver: true })
  assert.equal(isTapping.value, true)
  assert.deepEqual(tap.value?.events, [])
})
