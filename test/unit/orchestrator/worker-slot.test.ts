import assert from 'node:assert/strict'
import { EventEmitter, once } from 'node:events'
import { type TestContext, test } from 'node:test'
import { WorkerSlot, type WorkerState } from '../../../src/orchestrator/worker-slot.ts'
import type { WorkerSetup } from '../../../src/worker/messages.ts'
import type { ScriptedWorkerData } from '../../support/scripted-worker.ts'

type Behaviour = ScriptedWorkerData['behaviour']

const ENTRY = new URL('../../support/scripted-worker.js', import.meta.url)

/** A slot whose threads behave as told, and the states it goes through. */
class Rig {
  readonly states: WorkerState[] = []
  readonly slot: WorkerSlot
  readonly #changes = new EventEmitter()

  constructor(context: TestContext, behaviour: Behaviour) {
    this.slot = new WorkerSlot({
      slot: 0,
      entry: ENTRY,
      workerMemoryMb: 16,
      hangTimeoutMs: behaviour === 'hang' ? 400 : 0,
      // Threads of this test read another setup than real ones.
      setup: () => ({ behaviour }) as unknown as WorkerSetup,
      onChange: () => {
        if (this.states.at(-1) !== this.slot.state) this.states.push(this.slot.state)
        this.#changes.emit('change')
      },
    })
    context.after(() => this.slot.stop())
  }

  async until(isTrue: () => boolean): Promise<void> {
    while (!isTrue()) await once(this.#changes, 'change')
  }

  /** Makes the thread behave. */
  poke(): void {
    this.slot.post({ type: 'adopt', listeners: [] })
  }
}

const DEATHS: readonly [Behaviour, error: RegExp][] = [
  ['throw', /^Error: told to/],
  ['exit', /^exited with code 3$/],
  ['allocate', /^out of memory$/],
  ['hang', /^did not answer for 0.4 s: is there an endless loop\?$/],
]

for (const [behaviour, error] of DEATHS) {
  test(`replaces a worker that dies by '${behaviour}' within a second`, async (context) => {
    const rig = new Rig(context, behaviour)
    await rig.until(() => rig.slot.state === 'Ready')
    rig.poke()
    await rig.until(() => rig.slot.state === 'Waiting')
    const diedAt = performance.now()
    assert.match(rig.slot.lastError, error)
    await rig.until(() => rig.slot.state === 'Ready')
    assert.ok(performance.now() - diedAt < 1000)
    assert.deepEqual(rig.states, ['Ready', 'Waiting', 'Starting', 'Ready'])
  })
}

test('does not hurry to repeat a start that fails', async (context) => {
  const rig = new Rig(context, 'fail')
  await rig.until(() => rig.slot.state === 'Waiting')
  const failedAt = performance.now()
  assert.match(rig.slot.lastError, /^Error: cannot start/)
  await rig.until(() => rig.slot.state === 'Starting')
  assert.ok(performance.now() - failedAt >= 90)
})

test('tells when a draining worker has nothing left', async (context) => {
  const rig = new Rig(context, 'live')
  await rig.until(() => rig.slot.state === 'Ready')
  rig.slot.drain(false)
  assert.equal(rig.slot.active, 1)
  await rig.until(() => rig.slot.hasStoppedAccepting)
  assert.equal(rig.slot.active, 0)
  assert.equal(rig.slot.state, 'Draining')
})

test('does not replace a worker that dies while draining', async (context) => {
  const rig = new Rig(context, 'throw')
  await rig.until(() => rig.slot.state === 'Ready')
  rig.poke()
  rig.slot.drain(false)
  await rig.until(() => rig.slot.state === 'Stopped')
  assert.equal(rig.slot.active, 0)
  assert.deepEqual(rig.states, ['Ready', 'Draining', 'Stopped'])
})
