import type { Endpoint, Picker } from './picker.ts'

/** Picks at random, in proportion to the weights. */
export class Random implements Picker {
  readonly #random: () => number

  /** `random` gives numbers in [0, 1). */
  constructor(random: () => number = Math.random) {
    this.#random = random
  }

  pick(candidates: readonly Endpoint[]): Endpoint {
    let total = 0
    for (const endpoint of candidates) total += endpoint.weight
    let at = this.#random() * total
    for (const endpoint of candidates) {
      at -= endpoint.weight
      if (at < 0) return endpoint
    }
    return candidates[candidates.length - 1] as Endpoint
  }
}
