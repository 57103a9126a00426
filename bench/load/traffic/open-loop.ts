import { build, decodeFromCompressedBase64, type Histogram } from 'hdr-histogram-js'
import { Piscina } from 'piscina'
import { siblingModule } from '../project.ts'
import type { OpenLoopResult, OpenLoopTask } from './open-loop-task.ts'

/** What all generator threads together observed. */
export interface OpenLoopSummary {
  readonly latencies: Histogram
  readonly sendDelays: Histogram
  readonly completed: number
  readonly errors: number
  readonly firstError: string
  readonly seconds: number
}

/**
 * Generates load at a constant rate, shared evenly by `threads` threads; rate and connections of
 * `total` are those of all threads together. The whole is bounded: each thread gives up by itself,
 * and is ended if it does not.
 */
export async function runOpenLoop(total: OpenLoopTask, threads: number): Promise<OpenLoopSummary> {
  const pool = new Piscina<OpenLoopTask, OpenLoopResult>({
    filename: siblingModule(import.meta.url, 'open-loop-thread').href,
    minThreads: threads,
    maxThreads: threads,
    atomics: 'disabled', // the event loop of an idle thread goes on, so that sockets close in time
  })
  const timeLimitMs = (total.warmUpSeconds + total.countSeconds) * 1000 + OVERTIME_MS
  const task: OpenLoopTask = {
    ...total,
    rate: total.rate / threads,
    connections: Math.ceil(total.connections / threads),
  }
  try {
    const runs = Array.from({ length: threads }, () =>
      pool.run(task, { name: 'generateOpenLoop', signal: AbortSignal.timeout(timeLimitMs) }),
    )
    return summarize(await Promise.all(runs))
  } finally {
    await pool.destroy()
  }
}

const OVERTIME_MS = 15_000

function summarize(results: readonly OpenLoopResult[]): OpenLoopSummary {
  const merge = (parts: readonly string[]): Histogram => {
    const merged = build({ bitBucketSize: 32, numberOfSignificantValueDigits: 3 })
    for (const part of parts) merged.add(decodeFromCompressedBase64(part))
    return merged
  }
  const total = (value: (result: OpenLoopResult) => number): number =>
    results.reduce((sum, result) => sum + value(result), 0)
  return {
    latencies: merge(results.map((result) => result.latencies)),
    sendDelays: merge(results.map((result) => result.sendDelays)),
    completed: total((result) => result.completed),
    errors: total((result) => result.errors),
    firstError: results.find((result) => result.firstError !== '')?.firstError ?? '',
    seconds: Math.max(...results.map((result) => result.seconds)),
  }
}
