import type { Verdict } from '../load/measure/statistics.ts'
import type { Machine } from '../load/report/machine.ts'
import type { Smoothness, View } from './browser.ts'
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
  /** Microseconds of the worker per request, without a web UI and with the page open. */
  readonly offMicros: number
  readonly openMicros: number
  /** Of runs of which one followed the other. */
  readonly pairRatios: readonly number[]
  /** Their median, and what it lies between with a confidence of 95 %. */
  readonly ratio: number
  readonly low: number
  readonly high: number
  readonly verdict: Verdict
  /** What went wrong in rounds that do not count. */
  readonly problems: readonly string[]
}

/** How fast a page is there, and how evenly it is drawn while wrk runs. */
export interface PageResult {
  readonly view: View
  readonly loadMs: readonly number[]
  readonly loadVerdict: Verdict
  readonly smoothness: Smoothness
}
