import assert from 'node:assert/strict'
import { test } from 'node:test'
import { FlowMonitor, type TapListener } from '../../../src/orchestrator/flow-monitor.ts'
import type { FlowReport, MessageToWorker, TappedEvent } from '../../../src/worker/messages.ts'

const PLACE = { module: 0, pipeline: 0, filter: 0, count: 3, maxBytes: 10 }

/** Workers that keep what they are told: whether reports are wanted, and the numbers of taps. */
class Workers {
  readonly told: string[] = []
  readonly monitor: FlowMonitor

  constructor(count = 1) {
    const post = (message: MessageToWorker): void => {
      if (message.type !== 'watch') throw new Error(`not expected: ${message.type}`)
      this.told.push(`${message.wanted} ${message.taps.map(({ id }) => id).join(' ')}`.trim())
    }
    const workers = Array.from({ length: count }, (_, slot) => ({ slot, post }))
    this.monitor = new FlowMonitor(() => workers)
  }

  report(worker: number, pipeline: Partial<FlowReport['pipelines'][number]>, sampled = 1): void {
    const whole = {
      ...{ module: 0, index: 0, active: 0, waiting: 0, answers: null },
      ...{ counts: [], times: [], calls: [] },
      ...pipeline,
    }
    this.monitor.receive(worker, { type: 'flow', report: { sampled, pipelines: [whole] } })
  }
}

function events(count: number): TappedEvent[] {
  return Array.from({ length: count }, (_, time) => {
    return { time, session: 1, side: 'in', kind: 'MessageEnd' }
  })
}

/** A listener of a tap that keeps what it is given. */
function record(): { calls: string[]; listener: TapListener } {
  const calls: string[] = []
  const listener: TapListener = (worker, given, isLast) => {
    calls.push(`worker ${worker}: ${given.length} events${isLast ? ', over' : ''}`)
  }
  return { calls, listener }
}

test('workers report from the first who watches to the last', () => {
  const { monitor, told } = new Workers()
  const one = monitor.watch('all')
  const other = monitor.watch('all')
  one.stop()
  assert.deepEqual(told, ['all'])
  other.stop()
  assert.deepEqual(told, ['all', 'nothing'])
})

test('workers look at all while one who watches wants that, and else at requests alone', () => {
  const { monitor, told } = new Workers()
  const dashboard = monitor.watch('requests')
  const graph = monitor.watch('all')
  const another = monitor.watch('requests')
  graph.stop()
  dashboard.stop()
  another.stop()
  assert.deepEqual(told, ['requests', 'all', 'requests', 'nothing'])
})

test('a worker that has come is told what is wanted, unless that is nothing', () => {
  const { monitor, told } = new Workers()
  monitor.workersChanged()
  assert.deepEqual(told, [])
  monitor.watch('all')
  monitor.workersChanged()
  assert.deepEqual(told, ['all', 'all'])
})

test('reports are added up; of what comes and goes the last of each worker counts', () => {
  const workers = new Workers()
  const watch = workers.monitor.watch('all')
  workers.report(0, { counts: [1, 2], times: [0.5], active: 7, waiting: 4 })
  workers.report(0, { counts: [10, 20], times: [0.25], active: 2, waiting: 1 })
  workers.report(1, { counts: [100, 200], times: [1], active: 3, waiting: 2 }, 8)
  workers.report(1, { index: 1, counts: [5], active: 9 })
  const { sampled, pipelines } = watch.read()
  assert.equal(sampled, 8)
  const [first, second] = pipelines
  assert.deepEqual([first?.counts, first?.times], [[111, 222], [1.75]])
  // Worker 1 has told nothing of the first pipeline in its last report.
  assert.deepEqual([first?.active, first?.waiting], [2, 1])
  assert.deepEqual([second?.index, second?.counts, second?.active], [1, [5], 9])
})

test('each who watches reads what has come since they read last', () => {
  const workers = new Workers()
  const one = workers.monitor.watch('all')
  workers.report(0, { counts: [1] })
  const other = workers.monitor.watch('all')
  workers.report(0, { counts: [2] })
  const read = (watch: typeof one): unknown => watch.read().pipelines[0]?.counts
  assert.deepEqual([read(one), read(other)], [[3], [2]])
  assert.deepEqual([read(one), read(other)], [undefined, undefined])
})

test('answers are added up where workers count them, by pipeline and by worker', () => {
  const workers = new Workers()
  const watch = workers.monitor.watch('all')
  workers.report(0, { answers: Float64Array.of(1, 2) })
  workers.report(1, { answers: Float64Array.of(10, 20) })
  workers.report(1, { index: 1, answers: Float64Array.of(100, 200) })
  workers.report(2, { index: 2 })
  const flow = watch.read()
  assert.deepEqual(
    flow.pipelines.map(({ answers }) => answers),
    [Float64Array.of(11, 22), Float64Array.of(100, 200), null],
  )
  assert.deepEqual(
    [...flow.workers],
    [
      [0, Float64Array.of(1, 2)],
      [1, Float64Array.of(110, 220)],
    ],
  )
})

test('a tap ends with as many events as were asked for, whichever workers saw them', () => {
  const { monitor, told } = new Workers(2)
  const { calls, listener } = record()
  const id = monitor.tap(PLACE, listener)
  monitor.receive(0, { type: 'tapped', id, events: events(2) })
  monitor.receive(1, { type: 'tapped', id, events: events(2) })
  monitor.receive(0, { type: 'tapped', id, events: events(1) })
  assert.deepEqual(calls, ['worker 0: 2 events', 'worker 1: 1 events, over'])
  // Both workers, each time.
  assert.deepEqual(told, ['nothing 1', 'nothing 1', 'nothing', 'nothing'])
})

test('a tap that is taken away ends once, without events', () => {
  const { monitor } = new Workers()
  const { calls, listener } = record()
  const id = monitor.tap(PLACE, listener)
  monitor.untap(id)
  monitor.untap(id)
  monitor.receive(0, { type: 'tapped', id, events: events(1) })
  assert.deepEqual(calls, ['worker 0: 0 events, over'])
})

test('with another program taps end, and what was seen of the old one is forgotten', () => {
  const workers = new Workers()
  const watch = workers.monitor.watch('all')
  const { calls, listener } = record()
  workers.monitor.tap(PLACE, listener)
  workers.report(0, { counts: [1] })
  workers.monitor.programChanged()
  assert.deepEqual(calls, ['worker 0: 0 events, over'])
  assert.deepEqual(watch.read().pipelines, [])
  // Who watches goes on watching.
  assert.equal(workers.told.at(-1), 'all')
})
