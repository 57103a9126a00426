import { hashText, mix } from './hash.ts'
import type { Endpoint, Picker } from './picker.ts'

/** Points on the ring per endpoint of weight 1: shares differ by about a tenth. */
const POINTS = 128
/** Points of the heaviest endpoint at most: what is heavier scales all down. */
const MAX_POINTS = 4096
/** An endpoint gets no more than this times its share of what is in progress. */
const LOAD_FACTOR = 1.25
/** Room for the owner below a point's hash in one number. */
const OWNERS = 0x10000

/**
 * Picks by key from a ring of hashes: the endpoint of the next point, unless it has more than its
 * share in progress, then the one after it (Mirrokni, Thorup, Zadimoghaddam, "Consistent Hashing
 * with Bounded Loads", 2016). A key that everybody asks for does not drown one endpoint.
 */
export class BoundedRing implements Picker {
  readonly hasTables = true
  #candidates: readonly Endpoint[] = []
  #hashes = new Uint32Array(0)
  /** Index of the candidate that each point belongs to. */
  #owners = new Uint16Array(0)
  #totalWeight = 0
  /** Never falls, so that the points of those who stay do not move. */
  #heaviest = 1

  pick(candidates: readonly Endpoint[], key: number): Endpoint {
    if (candidates !== this.#candidates) this.#build(candidates)
    let active = 1
    for (let i = 0; i < candidates.length; i++) active += (candidates[i] as Endpoint).active
    const perWeight = (LOAD_FACTOR * active) / this.#totalWeight
    const owners = this.#owners
    const count = owners.length
    let at = this.#find(key)
    for (let i = 0; i < count; i++, at++) {
      if (at === count) at = 0
      const endpoint = candidates[owners[at] as number] as Endpoint
      if (endpoint.active < Math.ceil(perWeight * endpoint.weight)) return endpoint
    }
    // Cannot be: together they have room for more than what is in progress.
    return candidates[0] as Endpoint
  }

  /** Index of the first point at or after a hash; as many as there are points beyond the last. */
  #find(key: number): number {
    const hashes = this.#hashes
    let low = 0
    let high = hashes.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((hashes[middle] as number) < key) low = middle + 1
      else high = middle
    }
    return low
  }

  #build(candidates: readonly Endpoint[]): void {
    this.#candidates = candidates
    this.#totalWeight = 0
    for (const { weight } of candidates) {
      this.#totalWeight += weight
      this.#heaviest = Math.max(this.#heaviest, weight)
    }
    const perWeight = Math.min(POINTS, MAX_POINTS / this.#heaviest)
    const points: number[] = []
    for (const [owner, { address, weight }] of candidates.entries()) {
      let hash = hashText(address)
      for (let i = Math.max(1, Math.round(perWeight * weight)); i > 0; i--) {
        points.push(hash * OWNERS + owner)
        hash = mix(hash + 0x9e3779b9)
      }
    }
    const sorted = Float64Array.from(points).sort()
    this.#hashes = Uint32Array.from(sorted, (point) => Math.floor(point / OWNERS))
    this.#owners = Uint16Array.from(sorted, (point) => point % OWNERS)
  }
}
