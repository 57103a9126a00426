import type { Endpoint } from './picker.ts'
import { RANDOM_RANGE } from './random-bits.ts'

/** Draws endpoints in proportion to their weights, in logarithmic time. */
export class WeightedSampler {
  #candidates: readonly Endpoint[] = []
  /** Sum of the weights up to and with each candidate. */
  #sums = new Float64Array(0)

  /** The candidate at `position` of all weights laid end to end, from 0 to `RANDOM_RANGE`. */
  sample(candidates: readonly Endpoint[], position: number): Endpoint {
    if (candidates !== this.#candidates) this.#build(candidates)
    const sums = this.#sums
    const last = sums.length - 1
    const at = (position / RANDOM_RANGE) * (sums[last] as number)
    let low = 0
    let high = last
    while (low < high) {
      const middle = (low + high) >> 1
      if ((sums[middle] as number) > at) high = middle
      else low = middle + 1
    }
    return candidates[low] as Endpoint
  }

  #build(candidates: readonly Endpoint[]): void {
    this.#candidates = candidates
    this.#sums = new Float64Array(candidates.length)
    let sum = 0
    for (const [i, { weight }] of candidates.entries()) {
      sum += weight
      this.#sums[i] = sum
    }
  }
}
