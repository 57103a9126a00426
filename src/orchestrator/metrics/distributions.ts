import { latencyOf } from '../../observability/metrics/latency-buckets.ts'

/** How many requests took how many milliseconds, in order, without what none took. */
export interface LatencyDistribution {
  readonly buckets: readonly (readonly [milliseconds: number, count: number])[]
}

/** The same of the requests of one worker or upstream. */
export interface NamedDistribution extends LatencyDistribution {
  /** `worker:0`, `upstream:api`. */
  readonly of: string
}

/** Durations that were counted in an interval, in `LATENCY_BUCKETS`, by whose they are. */
export type DurationCounts = ReadonlyMap<string, Float64Array>

/** A worker as one of those that `DurationCounts` are of. */
export function ofWorker(worker: number): string {
  return `worker:${worker}`
}

export function ofUpstream(upstream: string): string {
  return `upstream:${upstream}`
}

/** Whether a text can name somebody with a distribution, whom there need not be at the moment. */
export function isSubject(text: string): boolean {
  return /^(?:worker:\d+|upstream:[\w.-]+)$/.test(text)
}

/** The distributions that are wanted, but for those of whom there is not. */
export function distributionsOf(
  counts: DurationCounts,
  wanted: readonly string[],
): NamedDistribution[] {
  return wanted.flatMap((of) => {
    const counted = counts.get(of)
    return counted === undefined ? [] : [{ of, ...distributionOf(counted) }]
  })
}

export function distributionOf(counted: Float64Array): LatencyDistribution {
  const buckets: [number, number][] = []
  for (const [bucket, count] of counted.entries())
    if (count > 0) buckets.push([latencyOf(bucket) / 1000, count])
  return { buckets }
}
