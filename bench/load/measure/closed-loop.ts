import type { RunningProxy } from '../peers/running-proxy.ts'
import { readCpuTime, readRssKb } from '../process/process-tree.ts'
import { UPSTREAM_BODIES, type UpstreamPath } from '../upstream.ts'
import type { BenchContext } from './bench-context.ts'
import { checkAnswer } from './check-answer.ts'
import type { Measurement } from './measurement.ts'
import { runWrk, type WrkRun } from './wrk.ts'
import { countWrkErrors } from './wrk-report.ts'

/** The traffic of a closed-loop workload. */
export interface ClosedLoopTraffic {
  readonly path: UpstreamPath
  readonly connections: number
  readonly headers?: readonly string[]
  readonly postBytes?: number
}

/** What a load generator completed in one run. */
export interface LoadReport {
  readonly requests: number
  readonly micros: number
  readonly p50Micros: number
  readonly p90Micros: number
  readonly p99Micros: number
  readonly p999Micros: number
}

/** Loads a proxy with wrk for some seconds, after a look at its answer. */
export async function warmUp(
  proxy: RunningProxy,
  traffic: ClosedLoopTraffic,
  seconds: number,
  context: BenchContext,
): Promise<Measurement> {
  const problem = await checkAnswer(proxy.port, traffic.path, UPSTREAM_BODIES[traffic.path])
  if (problem !== undefined) return { figures: {}, errors: 1, problem }
  return measureClosedLoop(proxy, traffic, seconds, context)
}

/** Loads a proxy with wrk and measures what it spends per request. */
export function measureClosedLoop(
  proxy: RunningProxy,
  traffic: ClosedLoopTraffic,
  seconds: number,
  context: BenchContext,
): Promise<Measurement> {
  return measureUnderLoad(proxy, async () => {
    const wrkRun: WrkRun = { ...traffic, port: proxy.port, seconds }
    const report = await runWrk(wrkRun, context.cpus.load, context.workspace)
    return { ...report, errors: countWrkErrors(report, UPSTREAM_BODIES[traffic.path]) }
  })
}

/**
 * Measures what a proxy spends per request while `run` loads it.
 *
 *     read CPU │ counted run │ read CPU, RSS
 *
 * The window holds exactly the counted run, so CPU time divides by the requests it completed.
 */
export async function measureUnderLoad(
  proxy: RunningProxy,
  run: () => Promise<LoadReport & { readonly errors: number }>,
): Promise<Measurement> {
  const before = readCpuTime(proxy.pid)
  const report = await run()
  const after = readCpuTime(proxy.pid)

  const perRequest = (micros: number): number => micros / Math.max(1, report.requests)
  const userMicros = perRequest(after.userMicros - before.userMicros)
  const systemMicros = perRequest(after.systemMicros - before.systemMicros)
  const { errors, p50Micros, p90Micros, p99Micros, p999Micros } = report
  return {
    figures: {
      cpuMicros: userMicros + systemMicros,
      userMicros,
      systemMicros,
      requestsPerSecond: report.requests / (report.micros / 1e6),
      rssMb: readRssKb(proxy.pid) / 1024,
      p50Micros,
      p90Micros,
      p99Micros,
      p999Micros,
    },
    errors,
    ...whyNotCounted(proxy, report.requests, errors),
  }
}

function whyNotCounted(
  proxy: RunningProxy,
  requests: number,
  errors: number,
): { problem?: string } {
  if (!proxy.isRunning()) return { problem: 'the proxy ended during the run' }
  if (requests === 0) return { problem: 'no request completed' }
  return errors > 0 ? { problem: `${errors} errors in ${requests} requests` } : {}
}
