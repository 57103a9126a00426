import { readdirSync, readFileSync } from 'node:fs'

/**
 * Processor time of all threads of a process but its first one, in microseconds. The first is the
 * orchestrator, which serves the web UI; with one worker the others are that and Node's helpers.
 */
export function readDataPlaneMicros(pid: number): number {
  const nanoseconds = readdirSync(`/proc/${pid}/task`)
    .filter((thread) => Number(thread) !== pid)
    .map((thread) => readNanoseconds(`/proc/${pid}/task/${thread}/schedstat`))
  return nanoseconds.reduce((sum, one) => sum + one, 0) / 1000
}

/** Its first number is the time on a processor. Threads come and go. */
function readNanoseconds(path: string): number {
  try {
    return Number.parseInt(readFileSync(path, 'latin1'), 10)
  } catch {
    return 0
  }
}
