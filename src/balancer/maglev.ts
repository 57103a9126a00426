import { hashText, mix } from './hash.ts'
import type { Endpoint, Picker } from './picker.ts'

/** A prime, far above the number of endpoints: the larger, the more equal are the shares. */
const TABLE_SIZE = 65_537
const FREE = 0xffff

/**
 * Picks by key from a table of fixed size (Eisenbud et al., "Maglev: A Fast and Reliable Software
 * Network Load Balancer", NSDI 2016, §3.4). Every endpoint has its own order in which it would
 * like to have the places of the table; they take turns, by weight, in taking the best that is
 * free. Shares are exact to the size of the table, a pick is one look-up, and when an endpoint
 * leaves few keys of others move.
 */
export class Maglev implements Picker {
  readonly hasTables = true
  #candidates: readonly Endpoint[] = []
  readonly #table: Uint16Array

  /** `size` is the prime number of places. */
  constructor(size: number = TABLE_SIZE) {
    this.#table = new Uint16Array(size)
  }

  pick(candidates: readonly Endpoint[], key: number): Endpoint {
    if (candidates !== this.#candidates) this.#build(candidates)
    // One bit less makes it a small integer, whose remainder takes a tenth of the time.
    const place = (key >>> 1) % this.#table.length
    return candidates[this.#table[place] as number] as Endpoint
  }

  #build(candidates: readonly Endpoint[]): void {
    this.#candidates = candidates
    const table = this.#table.fill(FREE)
    const size = table.length
    const seats = seatsOf(candidates, size)
    let heaviest = 0
    for (const { weight } of candidates) heaviest = Math.max(heaviest, weight)
    for (let taken = 0; taken < size; ) {
      for (const [index, seat] of seats.entries()) {
        seat.credit += seat.weight / heaviest
        if (seat.credit < 1) continue
        seat.credit--
        while (table[seat.next] !== FREE) seat.next = (seat.next + seat.skip) % size
        table[seat.next] = index
        if (++taken === size) return
      }
    }
  }
}

/** An endpoint that takes places: `next` is the one it would like best, then `skip` further. */
interface Seat {
  readonly weight: number
  readonly skip: number
  next: number
  credit: number
}

function seatsOf(candidates: readonly Endpoint[], size: number): Seat[] {
  return candidates.map(({ address, weight }) => {
    const hash = hashText(address)
    const skip = 1 + (mix(hash ^ 0x9e3779b9) % (size - 1))
    return { weight, skip, next: hash % size, credit: 0 }
  })
}
