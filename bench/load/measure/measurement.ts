/** Every figure that a measurement can have; the unit is in the name. */
export type FigureName =
  | 'cpuMicros'
  | 'userMicros'
  | 'systemMicros'
  | 'requestsPerSecond'
  | 'p50Micros'
  | 'p90Micros'
  | 'p99Micros'
  | 'p999Micros'
  | 'maxMicros'
  | 'sendDelayP99Micros'
  | 'rssMb'
  | 'kbPerConnection'
  | 'startMs'

/** The figures of one run, or their medians. */
export type Figures = Readonly<Partial<Record<FigureName, number>>>

/** What one run of one peer gave. A run with errors does not count. */
export interface Measurement {
  readonly figures: Figures
  readonly errors: number
  /** Why it does not count, in words. */
  readonly problem?: string
}

/** A measurement with its place in the run. */
export interface Sample extends Measurement {
  readonly peer: string
  readonly round: number
}

/** True when a sample takes part in medians and ratios. */
export function isCounted(sample: Measurement): boolean {
  return sample.errors === 0 && sample.problem === undefined
}
