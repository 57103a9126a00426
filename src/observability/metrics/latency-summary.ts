import type { Histogram } from 'hdr-histogram-js'
import { LATENCY_BUCKETS, latencyOf } from './latency-buckets.ts'

/** Upper bounds of the buckets that Prometheus gets, in seconds. */
export const LATENCY_BOUNDS: readonly number[] = [
  0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
  30, 60,
]

/**
 * How many of the counted durations are at most each of `LATENCY_BOUNDS`, cumulative. `counts` has
 * `LATENCY_BUCKETS` numbers, each taken for the middle of its bucket.
 */
export function cumulate(counts: Float64Array): number[] {
  const cumulative: number[] = []
  let bucket = 0
  let sum = 0
  for (const bound of LATENCY_BOUNDS) {
    const micros = bound * 1e6
    for (; bucket < LATENCY_BUCKETS && latencyOf(bucket) <= micros; bucket++) {
      sum += counts[bucket] as number
    }
    cumulative.push(sum)
  }
  return cumulative
}

/** Percentiles of counted durations, in milliseconds; 0 when there are none. */
export interface LatencySummary {
  readonly count: number
  readonly p50: number
  readonly p90: number
  readonly p99: number
  readonly p999: number
  readonly max: number
}

/** Merges counted durations into an HDR histogram and reads its percentiles. */
export async function summarize(counts: Float64Array): Promise<LatencySummary> {
  const histogram = await sharedHistogram()
  histogram.reset()
  for (let bucket = 0; bucket < counts.length; bucket++) {
    const count = counts[bucket] as number
    if (count > 0) histogram.recordValueWithCount(Math.round(latencyOf(bucket)), count)
  }
  const at = (percentile: number): number => {
    return histogram.totalCount === 0 ? 0 : histogram.getValueAtPercentile(percentile) / 1000
  }
  const count = histogram.totalCount
  return { count, p50: at(50), p90: at(90), p99: at(99), p999: at(99.9), max: at(100) }
}

let shared: Histogram | undefined

/** Always the same one, because it is large: nothing is awaited while somebody uses it. */
async function sharedHistogram(): Promise<Histogram> {
  const { build } = await import('hdr-histogram-js')
  shared ??= build({ bitBucketSize: 64, numberOfSignificantValueDigits: 3 })
  return shared
}
