import type { CpuPlan } from '../process/cpus.ts'
import type { Upstream } from '../upstream.ts'

/** What all measurements of one benchmark run share. */
export interface BenchContext {
  readonly cpus: CpuPlan
  readonly upstream: Upstream
  /** Directory in memory, removed at the end. */
  readonly workspace: string
  readonly timing: Timing
}

/** How long and how often. wrk knows whole seconds only. */
export interface Timing {
  readonly warmUpSeconds: number
  readonly countSeconds: number
  readonly rounds: number
}
