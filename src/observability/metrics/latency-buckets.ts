/**
 * Buckets for durations that grow with the duration, so that every one is known to 1.6 %:
 *
 *     µs      0 … 31   32 … 63   64 … 127   128 … 255   …
 *     width      1        1         2           4       …   32 buckets for each doubling
 *
 * As in HDR histograms: finding one is a count of leading zeros and a shift.
 */
const SUB_BUCKET_BITS = 5
const SUB_BUCKETS = 1 << SUB_BUCKET_BITS
/** Anything longer counts as this: 134 s. */
const LONGEST_MICROS = 2 ** 27 - 1

/** How many buckets there are. */
export const LATENCY_BUCKETS: number = latencyBucket(LONGEST_MICROS) + 1

/** The bucket of a duration in whole microseconds. */
export function latencyBucket(micros: number): number {
  const value = micros < LONGEST_MICROS ? micros | 0 : LONGEST_MICROS
  if (value < SUB_BUCKETS) return Math.max(value, 0)
  const shift = 31 - SUB_BUCKET_BITS - Math.clz32(value)
  return (shift << SUB_BUCKET_BITS) + (value >>> shift)
}

/** The middle of a bucket, in microseconds: what its durations are taken for. */
export function latencyOf(bucket: number): number {
  if (bucket < 2 * SUB_BUCKETS) return bucket
  const shift = (bucket >>> SUB_BUCKET_BITS) - 1
  const low = (bucket - (shift << SUB_BUCKET_BITS)) * 2 ** shift
  return low + 2 ** (shift - 1) - 0.5
}
