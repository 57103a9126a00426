import type { Bar } from '../bars.ts'
import type { FigureName, Figures, Sample } from '../measure/measurement.ts'
import type { Verdict } from '../measure/statistics.ts'
import type { Machine } from './machine.ts'

/** Everything one benchmark run found; this is the committed JSON. */
export interface Results {
  readonly machine: Machine
  readonly workloads: readonly WorkloadResult[]
}

/** One workload: what each peer did, and how Sluice stands against the bars. */
export interface WorkloadResult {
  readonly name: string
  readonly title: string
  readonly figure: FigureName
  readonly measuredAt: string
  readonly rounds: number
  readonly warmUpSeconds: number
  readonly countSeconds: number
  readonly note?: string
  readonly peers: readonly PeerResult[]
  readonly comparisons: readonly PeerComparison[]
  readonly bars: readonly BarResult[]
}

/** One peer in one workload. */
export interface PeerResult {
  readonly name: string
  readonly label: string
  readonly version: string
  readonly countedRounds: number
  /** Errors of all rounds, those that do not count included. */
  readonly errors: number
  readonly medians: Figures
  readonly samples: readonly Sample[]
}

/** Sluice beside one peer in the workload's figure. */
export interface PeerComparison {
  readonly subject: string
  readonly peer: string
  readonly ratio: number
  /** What it lies between with a confidence of 95 %; null if there are too few pairs. */
  readonly interval: readonly [number, number] | null
  readonly pairRatios: readonly number[]
  /** `pass` when Sluice needs less, `miss` when it needs more. */
  readonly isLess: Verdict
}

/** A bar and where Sluice stands; the value is in the unit of `bar.limit`. */
export interface BarResult {
  readonly bar: Bar
  readonly value: number | null
  readonly verdict: Verdict | 'not measured'
}
