import type { LatencyBuckets } from '../../../src/admin/gui/contract.ts'

/** A point of a latency distribution: this part of the requests took no longer than that. */
export interface Quantile {
  /** From 0 to 1, exclusive. */
  readonly part: number
  readonly milliseconds: number
}

/** The distribution over several intervals, as a point for each bucket. */
export function distributionOf(intervals: readonly LatencyBuckets[]): Quantile[] {
  const counts = new Map<number, number>()
  for (const buckets of intervals) {
    for (const [milliseconds, count] of buckets)
      counts.set(milliseconds, (counts.get(milliseconds) ?? 0) + count)
  }
  const sorted = [...counts].sort(([one], [other]) => one - other)
  const all = sorted.reduce((sum, [, count]) => sum + count, 0)
  let seen = 0
  return sorted.map(([milliseconds, count]) => {
    seen += count
    // The slowest request of n is the quantile of one less than all, or it would be at infinity.
    return { part: Math.min(seen, all - 0.5) / all, milliseconds }
  })
}

/** How long a part of the requests took at most. */
export function atQuantile(distribution: readonly Quantile[], part: number): number | undefined {
  return (distribution.find((one) => one.part >= part) ?? distribution.at(-1))?.milliseconds
}
