import type { BenchContext, Timing } from '../measure/bench-context.ts'
import type { FigureName, Sample } from '../measure/measurement.ts'
import type { Peer } from '../peers/peer.ts'

/** One job that proxies are compared on. */
export interface Workload {
  /** Name on the command line and in the results. */
  readonly name: string
  /** One line for tables. */
  readonly title: string
  /** The figure that is compared, and shown in chart and table; smaller is better. */
  readonly figure: FigureName
  /** Peers in the order of their runs; the first is Sluice in some form. */
  readonly peers: readonly Peer[]
  /** Rounds when they are not given; the context's otherwise. */
  readonly rounds?: number
  /** Says once what the measurements of this run share, such as a rate. */
  prepare?(context: BenchContext): Promise<string>
  /** Starts fresh processes of peers, measures them and stops them, telling how it goes on. */
  run(
    peers: readonly Peer[],
    context: BenchContext,
    onProgress: (sample: Sample) => void,
  ): Promise<WorkloadSamples>
}

/** What was measured, and how long each sample took and how many of a peer there are. */
export interface WorkloadSamples {
  readonly samples: readonly Sample[]
  readonly timing: Timing
}
