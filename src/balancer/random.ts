import type { Endpoint, Picker } from './picker.ts'
import { createRandomBits, type RandomBits } from './random-bits.ts'
import { WeightedSampler } from './weighted-sampler.ts'

/** Picks at random, in proportion to the weights. */
export class Random implements Picker {
  readonly hasTables = true
  readonly #random: RandomBits
  readonly #sampler = new WeightedSampler()

  constructor(random: RandomBits = createRandomBits()) {
    this.#random = random
  }

  pick(candidates: readonly Endpoint[]): Endpoint {
    return this.#sampler.sample(candidates, this.#random())
  }
}
