import type { Verdict } from '../load/measure/statistics.ts'
import type { Machine } from '../load/report/machine.ts'
import type { Smoothness, View } from './browser.ts'
import type { Micros } from './measure.ts'
import type { Program } from './programs.ts'

/** What the web UI costs and how it runs; this is the committed JSON. */
export interface GuiResults {
  readonly machine: Machine
  readonly measuredAt: string
  readonly rounds: number
  readonly warmUpSeconds: number
  readonly countSeconds: number
  readonly costs: readonly CostResult[]
  readonly pages: readonly PageResult[]
}

/** What it costs the data plane that somebody looks at a page. */
export interface CostResult {
  readonly program: Program
  readonly view: View
  /** Microseconds of the data plane per request, the medians of all seconds. */
  readonly micros: Micros
  /** What a watched program takes of what one with a web UI takes that nobody looks at. */
  readonly watching: Ratio
  readonly verdict: Verdict
  /** And of what one without a web UI takes. */
  readonly all: Ratio
  /** What went wrong in rounds that do not count. */
  readonly problems: readonly string[]
}

/** Of runs of which one followed the other: the median, and its interval at 95 % confidence. */
export interface Ratio {
  readonly pairs: readonly number[]
  readonly median: number
  readonly low: number
  readonly high: number
}

/** How fast a page is there, and how evenly it is drawn while wrk runs. */
export interface PageResult {
  readonly view: View
  readonly loadMs: readonly number[]
  readonly loadVerdict: Verdict
  readonly smoothness: Smoothness
}
