import { setTimeout as pause } from 'node:timers/promises'
import type { StepResult } from './results.ts'
import { leftAfter, type Scene, type Step } from './steps.ts'
import { type Sample, StrictClients } from './strict-client.ts'
import { type WrkCounts, WrkLoad } from './wrk-load.ts'

/** How long things are looked at before and after a step. */
const LOOK_MS = 1500
const STRICT_CLIENTS = 16
const FAULTS_SHOWN = 5

/**
 * Does one step under constant load; undefined if this proxy has no such thing. If the step does not
 * come about, it fails with a `BenchError` and the load has ended.
 */
export async function runStep(
  step: Step,
  scene: Scene,
  port: number,
  cpus: string,
): Promise<StepResult | undefined> {
  await step.prepare?.(scene)
  const wrk = await WrkLoad.start(port, cpus)
  const strict = new StrictClients(port, STRICT_CLIENTS)
  const start = performance.now() + LOOK_MS
  let end = start
  let isPossible: boolean
  let counts: WrkCounts
  try {
    await pause(LOOK_MS)
    try {
      isPossible = await step.run(scene)
      end = performance.now()
    } finally {
      await step.restore?.(scene)
    }
    if (isPossible) await pause(LOOK_MS)
  } finally {
    await strict.stop()
    counts = await wrk.stop()
  }
  if (!isPossible) return undefined

  const { samples } = strict
  const wrong = samples.filter(({ outcome }) => outcome !== 'ok')
  const failed = wrong.filter(({ outcome }) => outcome === 'failed').length + counts.failed
  const reset = wrong.filter(({ outcome }) => outcome === 'reset').length
  const left =
    step.leaves === undefined ? undefined : leftAfter(samples, step.leaves.endpoint, start, end)
  const hasLeft = step.leaves === undefined || (left ?? 0) <= step.leaves.withinMs
  return {
    name: step.name,
    title: step.title,
    sent: samples.length + counts.requests,
    failed,
    reset,
    wrkSocketErrors: counts.socketErrors,
    p99: {
      before: p99(samples, 0, start),
      during: p99(samples, start, end),
      after: p99(samples, end, Number.POSITIVE_INFINITY),
    },
    ...(left === undefined ? {} : { leftAfterMs: Math.round(left) }),
    ...(step.isLossless ? { isMet: failed + reset + counts.socketErrors === 0 && hasLeft } : {}),
    faults: wrong
      .slice(0, FAULTS_SHOWN)
      .map(
        ({ outcome, detail, startedAt }) =>
          `${Math.round(startedAt - start)} ms: ${outcome}: ${detail}`,
      ),
  }
}

/** 99th percentile of the latencies of requests sent from `from` to `to`, in milliseconds. */
export function p99(samples: readonly Sample[], from: number, to: number): number {
  const latencies = samples
    .filter(({ startedAt }) => startedAt >= from && startedAt < to)
    .map(({ milliseconds }) => milliseconds)
    .sort((one, other) => one - other)
  const value = latencies[Math.ceil(latencies.length * 0.99) - 1] ?? 0
  return Math.round(value * 10) / 10
}
