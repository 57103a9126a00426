import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, mock, test } from 'node:test'
import type { Context } from '../../../src/engine/context.ts'
import { SessionEnd } from '../../../src/engine/event.ts'
import { TaskRunner } from '../../../src/worker/task-runner.ts'
import { Gates } from '../filters/support/gate.ts'
import { type Spec, TestProgram } from '../filters/support/run.ts'

beforeEach(() => mock.timers.enable({ apis: ['setInterval'] }))
afterEach(() => mock.timers.reset())

function task(
  spec: Spec,
  intervalMs = 1000,
): { runner: TaskRunner; program: TestProgram; ends: () => number } {
  let ends = 0
  const program = new TestProgram(spec)
  const runner = new TaskRunner(program.layout(), intervalMs, () => ends++)
  return { runner, program, ends: () => ends }
}

describe('a task', () => {
  test('runs at once and then at its interval, each time in a fresh context', () => {
    const contexts: (Context | null)[] = []
    const { runner, program, ends } = task((p) =>
      p.onMessageEnd(() => contexts.push(program.runtime.context)).replaceMessage(new SessionEnd()),
    )
    runner.start()
    assert.equal(contexts.length, 1)
    mock.timers.tick(999)
    assert.equal(contexts.length, 1)
    mock.timers.tick(2001)
    assert.equal(new Set(contexts).size, 4)
    assert.equal(contexts[0]?.inbound, null)
    assert.equal(ends(), 4)
    assert.equal(runner.isBusy, false)
    runner.stop()
  })

  test('its input is one empty message', () => {
    const gates = new Gates()
    const { runner } = task((p) => gates.append(p))
    runner.start()
    assert.deepEqual(gates.get(0).input, ['MessageStart', 'MessageEnd'])
    runner.stop()
  })

  test('a run that is due while another is in progress is left out', () => {
    const gates = new Gates()
    const { runner } = task((p) => gates.append(p))
    runner.start()
    assert.equal(runner.isBusy, true)
    mock.timers.tick(3000)
    assert.equal(gates.all.length, 1)
    gates.get(0).emit(new SessionEnd())
    assert.equal(runner.isBusy, false)
    mock.timers.tick(1000)
    assert.equal(gates.all.length, 2)
    runner.stop()
  })

  test('what a run owns lives until the next begins', () => {
    const gates = new Gates()
    const { runner } = task((p) =>
      gates.append(p.fork('x').replaceMessage(new SessionEnd()).pipeline('x')),
    )
    runner.start()
    assert.equal(gates.get(0).isReset, false)
    mock.timers.tick(1000)
    assert.equal(gates.get(0).isReset || gates.get(1) === gates.get(0), true)
    runner.stop()
  })

  test('one that never ends is reported once, and waited for no longer', () => {
    const { runner, program } = task((p) => p.dummy(), 2000)
    runner.start()
    mock.timers.tick(8000)
    assert.deepEqual(program.log, [])
    assert.equal(runner.isBusy, true)
    mock.timers.tick(60_000)
    assert.deepEqual(program.log, [
      'error [task] main has not ended for 10 s: it runs again only after its pipeline has put out SessionEnd',
    ])
    assert.equal(runner.isBusy, false)
    runner.stop()
  })

  test('ended, it waits for nothing', () => {
    const gates = new Gates()
    const { runner, program } = task((p) => gates.append(p))
    runner.start()
    runner.end()
    program.settle()
    assert.equal(runner.isBusy, false)
    assert.equal(gates.get(0).isReset, true)
    mock.timers.tick(5000)
    assert.equal(gates.all.length, 1)
  })

  test('stopped, it begins no other run and lets the last one end', () => {
    const gates = new Gates()
    const { runner, program, ends } = task((p) => gates.append(p))
    runner.start()
    runner.stop()
    program.settle()
    assert.equal(gates.get(0).isReset, false)
    mock.timers.tick(5000)
    gates.get(0).emit(new SessionEnd())
    program.settle()
    assert.equal(ends(), 1)
    assert.equal(gates.all.length, 1)
    assert.equal(gates.get(0).isReset, true)
  })
})
