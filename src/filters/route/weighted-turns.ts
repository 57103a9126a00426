/** A pipeline and its share relative to the others; 0 takes it out. */
export interface Share {
  readonly pipeline: string
  readonly weight: number
}

/**
 * Takes turns by weight, evenly spread: each share earns its weight at every turn, the richest has
 * it and pays the sum of all weights.
 */
export class WeightedTurns {
  readonly #pipelines: readonly string[]
  readonly #weights: readonly number[]
  readonly #credits: number[]
  readonly #total: number

  /** Throws a TypeError unless at least one weight is above 0. */
  constructor(shares: readonly Share[]) {
    this.#pipelines = shares.map(({ pipeline }) => pipeline)
    this.#weights = shares.map(({ weight }) => weight)
    this.#credits = shares.map(() => 0)
    this.#total = this.#weights.reduce((sum, weight) => sum + weight, 0)
    if (!(this.#total > 0)) throw new TypeError('the weights of a rule have no positive sum')
  }

  /** The pipeline whose turn it is. */
  next(): string {
    const weights = this.#weights
    if (weights.length === 1) return this.#pipelines[0] as string
    const credits = this.#credits
    let best = 0
    for (let i = 0; i < weights.length; i++) {
      credits[i] = (credits[i] as number) + (weights[i] as number)
      if ((credits[i] as number) > (credits[best] as number)) best = i
    }
    credits[best] = (credits[best] as number) - this.#total
    return this.#pipelines[best] as string
  }
}
