import { BenchError } from '../bench-error.ts'
import { startProcess } from '../process/managed-process.ts'
import { projectPath } from '../project.ts'
import { parseWrkReport, type WrkReport } from './wrk-report.ts'

/** One run of wrk: one thread, closed loop. */
export interface WrkRun {
  readonly port: number
  readonly path: string
  readonly connections: number
  readonly seconds: number
  readonly headers?: readonly string[]
  /** Sends a POST with so many bytes instead of a GET. */
  readonly postBytes?: number
}

/** Runs wrk to its end; it is stopped when it takes far longer than it was told to. */
export async function runWrk(run: WrkRun, cpus: string, directory: string): Promise<WrkReport> {
  const headers = (run.headers ?? []).flatMap((header) => ['-H', header])
  const child = await startProcess(
    {
      program: 'wrk',
      args: [
        ...['-t', '1', '-c', String(run.connections), '-d', `${run.seconds}s`],
        ...['--timeout', '5s', '-s', projectPath('bench/load/wrk-report.lua')],
        ...headers,
        `http://127.0.0.1:${run.port}${run.path}`,
      ],
      environment: { BENCH_POST_BYTES: String(run.postBytes ?? 0) },
    },
    cpus,
    directory,
  )
  const guard = setTimeout(() => void child.stop(), run.seconds * 1000 + OVERTIME_MS)
  await child.ended
  clearTimeout(guard)
  const report = parseWrkReport(child.output())
  if (report === undefined) {
    const message = child.errorOutput().trim() || child.output().trim() || 'stopped after overtime'
    throw new BenchError(`wrk failed: ${message.split('\n', 1)[0]}`)
  }
  return report
}

const OVERTIME_MS = 10_000
