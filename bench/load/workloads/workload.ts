import type { BenchContext } from '../measure/bench-context.ts'
import type { FigureName, Measurement } from '../measure/measurement.ts'
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
  /** Starts one fresh process of a peer, measures it and stops it. */
  measure(peer: Peer, context: BenchContext): Promise<Measurement>
}
