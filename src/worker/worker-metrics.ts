import { readFileSync } from 'node:fs'
import { performance } from 'node:perf_hooks'
import { getHeapStatistics } from 'node:v8'
import { COUNTERS, counterIndex } from '../native/counters.ts'
import type { Reactor } from '../native/reactor.ts'
import { WORKER_FIELDS } from '../observability/metrics/worker-fields.ts'

const PERIOD_MS = 1000
const LONGEST_TURN = counterIndex('longestTurnSeconds')
/** First number of this file: nanoseconds that the thread which reads it was on a processor. */
const THREAD_TIME = '/proc/thread-self/schedstat'

/**
 * Writes what the thread as a whole has done into its memory, once a second. Counters go on from
 * where the slot's last thread has left them. `writeMore` is called at the same times.
 */
export function startWorkerMetrics(
  numbers: Float64Array,
  reactor: Reactor,
  writeMore: () => void,
): void {
  const { counters, cpuSeconds, heapBytes, lagSeconds } = WORKER_FIELDS
  const before = numbers.slice(0, counters + COUNTERS.length)
  let due = performance.now()
  reactor.measureTurns()
  const write = (): void => {
    for (const [index, counter] of COUNTERS.entries()) {
      const base = 'isGauge' in counter ? 0 : (before[counters + index] ?? 0)
      numbers[counters + index] = base + (reactor.counters[index] ?? 0)
    }
    reactor.counters[LONGEST_TURN] = 0
    numbers[cpuSeconds] = (before[cpuSeconds] ?? 0) + threadSeconds()
    numbers[heapBytes] = getHeapStatistics().used_heap_size
    const now = performance.now()
    numbers[lagSeconds] = Math.max(0, now - due) / 1000
    due = now + PERIOD_MS
    writeMore()
  }
  write()
  setInterval(write, PERIOD_MS).unref()
}

function threadSeconds(): number {
  return Number.parseInt(readFileSync(THREAD_TIME, 'latin1'), 10) / 1e9
}
