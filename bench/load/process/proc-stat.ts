/** The fields of `/proc/<pid>/stat` that the benchmark uses. */
export interface ProcStat {
  readonly pid: number
  readonly parentPid: number
  /** Time in user mode of all threads, in clock ticks. */
  readonly userTicks: number
  /** Time in kernel mode of all threads, in clock ticks. */
  readonly systemTicks: number
}

/** Parses the one line of `/proc/<pid>/stat`; the process name in it may contain spaces and parentheses. */
export function parseProcStat(line: string): ProcStat {
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
  return {
    pid: Number.parseInt(line, 10),
    parentPid: Number(fields[1]),
    userTicks: Number(fields[11]),
    systemTicks: Number(fields[12]),
  }
}

/** Parses the sum `Rss:` of `/proc/<pid>/smaps_rollup`, in KB. */
export function parseRollupRssKb(text: string): number {
  return Number(/^Rss:\s+(\d+) kB$/m.exec(text)?.[1] ?? 0)
}
