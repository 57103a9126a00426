import type { Endpoint, Picker } from './picker.ts'

/**
 * Smooth weighted round robin, as nginx does it: each endpoint earns its weight at every pick, the
 * richest is picked and pays the sum of all weights. Equal weights give plain rotation, and heavy
 * endpoints are spread out rather than picked in a row.
 */
export class RoundRobin implements Picker {
  readonly #credit = new Map<Endpoint, number>()

  pick(candidates: readonly Endpoint[]): Endpoint {
    const credit = this.#credit
    let total = 0
    let best = candidates[0] as Endpoint
    let bestCredit = Number.NEGATIVE_INFINITY
    for (const endpoint of candidates) {
      const earned = (credit.get(endpoint) ?? 0) + endpoint.weight
      credit.set(endpoint, earned)
      total += endpoint.weight
      if (earned > bestCredit) {
        best = endpoint
        bestCredit = earned
      }
    }
    credit.set(best, bestCredit - total)
    return best
  }
}
