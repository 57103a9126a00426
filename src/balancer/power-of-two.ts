import type { Endpoint, Picker } from './picker.ts'
import { createRandomBits, type RandomBits } from './random-bits.ts'
import { WeightedSampler } from './weighted-sampler.ts'

/**
 * Draws two endpoints at random, by weight, and picks the one with less in progress per weight
 * (Mitzenmacher, "The Power of Two Choices in Randomized Load Balancing", 2001). Workers that know
 * nothing of each other do not all run to the same endpoint, and its cost hardly grows with their
 * number.
 */
export class PowerOfTwo implements Picker {
  readonly hasTables = true
  readonly #random: RandomBits
  readonly #sampler = new WeightedSampler()

  constructor(random: RandomBits = createRandomBits()) {
    this.#random = random
  }

  pick(candidates: readonly Endpoint[]): Endpoint {
    const one = this.#sampler.sample(candidates, this.#random())
    const other = this.#sampler.sample(candidates, this.#random())
    return other.active * one.weight < one.active * other.weight ? other : one
  }
}
