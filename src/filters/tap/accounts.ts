import type { Runtime } from '../../engine/runtime.ts'
import { Bucket, type Quota } from './bucket.ts'

/** Accounts that nobody uses are looked for when there are more than this. */
const SWEEP_SIZE = 1024

/** The buckets of one `tap` on this worker, by the name of the account. */
export class Accounts {
  readonly #buckets = new Map<string, Bucket>()
  #sweepSize = SWEEP_SIZE

  /** The bucket of an account, for one more session; the quota given last is the account's. */
  enter(runtime: Runtime, name: string, quota: Quota): Bucket {
    let bucket = this.#buckets.get(name)
    if (bucket === undefined) {
      if (this.#buckets.size >= this.#sweepSize) this.#sweep()
      bucket = new Bucket(runtime, quota)
      this.#buckets.set(name, bucket)
    } else bucket.set(quota)
    bucket.users++
    return bucket
  }

  /** Names may come from clients: accounts out of use must not pile up. */
  #sweep(): void {
    for (const [name, bucket] of this.#buckets) if (bucket.isSpent) this.#buckets.delete(name)
    this.#sweepSize = Math.max(SWEEP_SIZE, this.#buckets.size * 2)
  }
}
