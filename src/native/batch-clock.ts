import { performance } from 'node:perf_hooks'

/** Negative outside of a batch, and inside until somebody asks. */
const UNKNOWN = -1

let isInBatch = false
let time = UNKNOWN

/**
 * The time of the running batch on the monotonic clock, in milliseconds, as web servers take the
 * time once for all that one wait has brought: reading the clock for each event of a request costs
 * more than writing its line of the log. Outside of a batch it is the time of the call.
 */
export function batchTime(): number {
  if (!isInBatch) return performance.now()
  if (time === UNKNOWN) time = performance.now()
  return time
}

/** Records are about to be handled. */
export function beginBatch(): void {
  isInBatch = true
  time = UNKNOWN
}

/** All records are handled. */
export function endBatch(): void {
  isInBatch = false
}
