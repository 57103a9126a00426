import { readdirSync, readFileSync } from 'node:fs'
import { type ProcStat, parseProcStat } from '../load/process/proc-stat.ts'
import { MICROS_PER_TICK } from '../load/process/process-tree.ts'

/**
 * Processor time of all threads of a process but its first one, in microseconds. The first is the
 * orchestrator, which serves the web UI; with one worker the others are that and Node's helpers.
 */
export function readDataPlaneMicros(pid: number): number {
  const ticks = readdirSync(`/proc/${pid}/task`)
    .filter((thread) => Number(thread) !== pid)
    .map((thread) => readStat(`/proc/${pid}/task/${thread}/stat`))
    .reduce((sum, one) => sum + (one?.userTicks ?? 0) + (one?.systemTicks ?? 0), 0)
  return ticks * MICROS_PER_TICK
}

/** Threads come and go. */
function readStat(path: string): ProcStat | undefined {
  try {
    return parseProcStat(readFileSync(path, 'utf8'))
  } catch {
    return undefined
  }
}
