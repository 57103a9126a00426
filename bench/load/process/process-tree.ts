import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { type ProcStat, parseProcStat, parseRollupRssKb } from './proc-stat.ts'

/** Processor time that a process tree has used since it started, in microseconds. */
export interface CpuTime {
  readonly userMicros: number
  readonly systemMicros: number
}

/** Adds up the processor time of a process and all its living descendants. */
export function readCpuTime(rootPid: number): CpuTime {
  const tree = readTree(rootPid)
  return {
    userMicros: sum(tree, (stat) => stat.userTicks) * MICROS_PER_TICK,
    systemMicros: sum(tree, (stat) => stat.systemTicks) * MICROS_PER_TICK,
  }
}

/**
 * Adds up the resident memory of a process and all its living descendants, in KB. Pages are counted
 * by the kernel at this moment (`smaps_rollup`): the figure in `stat` lags behind by up to 256 KB a thread.
 */
export function readRssKb(rootPid: number): number {
  return sum(readTree(rootPid), (stat) =>
    parseRollupRssKb(readIfThere(`/proc/${stat.pid}/smaps_rollup`)),
  )
}

/** Lists a process and all its living descendants, the root first. */
export function readTree(rootPid: number): ProcStat[] {
  const children = new Map<number, ProcStat[]>()
  const tree: ProcStat[] = []
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const line = readIfThere(`/proc/${name}/stat`)
    if (line === '') continue
    const stat = parseProcStat(line)
    if (stat.pid === rootPid) tree.push(stat)
    const siblings = children.get(stat.parentPid)
    if (siblings === undefined) children.set(stat.parentPid, [stat])
    else siblings.push(stat)
  }
  for (const stat of tree) tree.push(...(children.get(stat.pid) ?? []))
  return tree
}

/** The unit of times in `/proc`. */
export const MICROS_PER_TICK: number =
  1_000_000 / Number(execFileSync('getconf', ['CLK_TCK'], { encoding: 'utf8' }))

// Processes come and go while /proc is read; one that has gone counts as nothing.
function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

function sum<T>(items: readonly T[], value: (item: T) => number): number {
  return items.reduce((total, item) => total + value(item), 0)
}
