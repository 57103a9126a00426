/** What one run of wrk completed, as printed by `wrk-report.lua`. */
export interface WrkReport {
  readonly requests: number
  readonly micros: number
  /** Bytes received, heads included. */
  readonly bytes: number
  readonly connectErrors: number
  readonly readErrors: number
  readonly writeErrors: number
  readonly statusErrors: number
  readonly timeouts: number
  readonly p50Micros: number
  readonly p90Micros: number
  readonly p99Micros: number
  readonly p999Micros: number
}

/** Finds the report in wrk's output; undefined when wrk did not get so far. */
export function parseWrkReport(output: string): WrkReport | undefined {
  const line = /^WRK (\{.*\})$/m.exec(output)?.[1]
  if (line === undefined) return undefined
  return JSON.parse(line) as WrkReport // the Lua file beside this project writes exactly these fields
}

/** All errors of a run; answers that carried less than the expected body count as one. */
export function countWrkErrors(report: WrkReport, bodyBytes: number): number {
  const isShort = report.bytes < report.requests * bodyBytes
  return (
    report.connectErrors +
    report.readErrors +
    report.writeErrors +
    report.statusErrors +
    report.timeouts +
    (isShort ? 1 : 0)
  )
}
