import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { TapStore } from '../../../../src/admin/gui/tap-store.ts'
import { FlowMonitor } from '../../../../src/orchestrator/flow-monitor.ts'

const FILTER = '/main.js#0.0'

/** A store of taps of a program whose workers see nothing. */
function storeIn(context: TestContext): { taps: TapStore; flow: FlowMonitor } {
  context.mock.timers.enable({ apis: ['setTimeout'] })
  const flow = new FlowMonitor(() => [])
  const placeOf = () => ({ module: 0, pipeline: 0, filter: 0 })
  return { taps: new TapStore({ orchestrator: { flow }, placeOf }), flow }
}

test('with one tap too many, the oldest that is open ends', (context) => {
  const { taps } = storeIn(context)
  const ids = Array.from({ length: 8 }, () => taps.open({ filter: FILTER }).id)
  taps.close(ids[0] as string)
  const more = [taps.open({ filter: FILTER }).id, taps.open({ filter: FILTER }).id]
  const over = [...ids, ...more].filter((id) => taps.find(id).isOver)
  assert.deepEqual(over, [ids[0], ids[1]])
})

test('a tap that nobody ends has ended after ten minutes', (context) => {
  const { taps } = storeIn(context)
  const { id } = taps.open({ filter: FILTER })
  context.mock.timers.tick(599_999)
  assert.equal(taps.find(id).isOver, false)
  context.mock.timers.tick(1)
  assert.equal(taps.find(id).isOver, true)
})

test('taps of a program that is over count for nothing', (context) => {
  const { taps, flow } = storeIn(context)
  const ids = Array.from({ length: 8 }, () => taps.open({ filter: FILTER }).id)
  flow.programChanged()
  assert.ok(ids.every((id) => taps.find(id).isOver))
  assert.equal(taps.open({ filter: FILTER }).isOver, false)
})
