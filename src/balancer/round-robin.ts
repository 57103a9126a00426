import type { Endpoint, Picker } from './picker.ts'

/**
 * Smooth weighted round robin, as nginx does it: each endpoint earns its weight at every pick, the
 * richest is picked and pays the sum of all weights. Equal weights give plain rotation, and heavy
 * endpoints are spread out rather than picked in a row.
 */
export class RoundRobin implements Picker {
  readonly hasTables = false
  pick(candidates: readonly Endpoint[]): Endpoint {
    let best = candidates[0] as Endpoint
    let total = 0
    for (let i = 0; i < candidates.length; i++) {
      const endpoint = candidates[i] as Endpoint
      endpoint.credit += endpoint.weight
      total += endpoint.weight
      if (endpoint.credit > best.credit) best = endpoint
    }
    best.credit -= total
    return best
  }
}
