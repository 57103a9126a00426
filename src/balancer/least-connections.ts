import type { Endpoint, Picker } from './picker.ts'

/** Picks the endpoint with the fewest requests in progress per weight; ties go round. */
export class LeastConnections implements Picker {
  readonly hasTables = false
  #turn = 0

  pick(candidates: readonly Endpoint[]): Endpoint {
    const count = candidates.length
    const first = this.#turn++ % count
    let best = candidates[first] as Endpoint
    for (let i = 1; i < count; i++) {
      const endpoint = candidates[(first + i) % count] as Endpoint
      // Compares active/weight without dividing.
      if (endpoint.active * best.weight < best.active * endpoint.weight) best = endpoint
    }
    return best
  }
}
