import assert from 'node:assert/strict'
import { afterEach, beforeEach, mock, test } from 'node:test'
import { LoadMonitor } from '../../../src/balancer/load-monitor.ts'

let now = 0
beforeEach(() => {
  now = 0
  mock.timers.enable({ apis: ['setInterval'] })
})
afterEach(() => mock.timers.reset())

/** Turns of the loop that each come so much too late. */
function turns(...late: number[]): void {
  for (const ms of late) {
    now += 20 + ms
    mock.timers.tick(20)
  }
}

test('a delay that stands counts, and is over with the first turn in time', () => {
  const monitor = new LoadMonitor(() => now)
  monitor.start()
  turns(60, 70, 60, 80)
  assert.equal(monitor.standingDelayMs, 0)
  turns(90)
  assert.equal(monitor.standingDelayMs, 60)
  turns(200, 100, 75)
  assert.equal(monitor.standingDelayMs, 75)
  turns(0)
  assert.equal(monitor.standingDelayMs, 0)
  monitor.stop()
})

test('bursts do not', () => {
  const monitor = new LoadMonitor(() => now)
  monitor.start()
  for (let i = 0; i < 20; i++) {
    turns(500, 500, 500, 500, 1)
    assert.ok(monitor.standingDelayMs <= 1)
  }
  monitor.stop()
})
