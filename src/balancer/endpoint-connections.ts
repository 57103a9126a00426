/** Of ES2024, which programs that compile against our types need not have. */
const { waitAsync } = Atomics as unknown as {
  waitAsync(words: Int32Array, index: number, value: number): { value: Promise<string> | string }
}

/** Workers at a time; one that is about to end may still be there beside its replacement. */
export const MAX_SEATS = 512

// The header, in words of 32 bits.
/** Seats that have ever been in use. */
const SEATS = 0
/** Counts what somebody may wait for: it is woken by it. */
const CHANGES = 1
const HEADER_WORDS = 16

/** What a worker has of an endpoint: connections, and above them how many of its programs wait. */
const WAITING = 1 << 24
const CONNECTIONS = WAITING - 1

/** Words that so many rows take, for so many workers. */
export function connectionWords(rows: number, seats: number): number {
  return HEADER_WORDS + rows * seats
}

/**
 * How many connections each worker has to each endpoint that has a limit over all workers.
 *
 *     header   seats in use · changes
 *     row 1    waiting, connections × seats
 *     row 2    …
 *
 * Every worker has a seat, and adds to its own numbers only, so that what a dead one had can be taken
 * back exactly. Who opens a connection adds first and then adds up: of two that take the last place at
 * once at most one gets it, and possibly none, who then waits like others.
 */
export class EndpointConnections {
  readonly #words: Int32Array
  readonly #rowWords: number
  readonly #seat: number

  /** `words` are `connectionWords` of memory that threads share. */
  constructor(words: Int32Array, rows: number, seat: number) {
    this.#words = words
    this.#rowWords = (words.length - HEADER_WORDS) / rows
    this.#seat = seat
    for (let seats = 0; seats <= seat; ) {
      seats = Atomics.load(words, SEATS)
      if (seats > seat) break
      Atomics.compareExchange(words, SEATS, seats, seat + 1)
    }
  }

  /** What threads share. */
  get memory(): ArrayBufferLike {
    return this.#words.buffer
  }

  /** Adds a connection of this worker, unless there are as many as the limit allows. */
  open(row: number, limit: number): boolean {
    const at = this.#at(row, this.#seat)
    Atomics.add(this.#words, at, 1)
    if (this.count(row) <= limit) return true
    Atomics.sub(this.#words, at, 1)
    return false
  }

  /** A connection of this worker has ended. */
  close(row: number): void {
    Atomics.sub(this.#words, this.#at(row, this.#seat), 1)
  }

  /** Connections of all workers. */
  count(row: number): number {
    const seats = Atomics.load(this.#words, SEATS)
    let sum = 0
    for (let seat = 0; seat < seats; seat++) sum += this.#get(row, seat) & CONNECTIONS
    return sum
  }

  /** One more program of this worker waits for a connection to the endpoint, or one less. */
  wait(row: number, change: 1 | -1): void {
    Atomics.add(this.#words, this.#at(row, this.#seat), change * WAITING)
  }

  /** How many programs wait, on all workers. */
  waiting(row: number): number {
    const seats = Atomics.load(this.#words, SEATS)
    let sum = 0
    for (let seat = 0; seat < seats; seat++) sum += Math.floor(this.#get(row, seat) / WAITING)
    return sum
  }

  /** How many do on this worker. */
  waitsHere(row: number): number {
    return Math.floor(this.#get(row, this.#seat) / WAITING)
  }

  /** Whether another worker waits that has at least `lead` connections less, or none at all if `orNone`. */
  isAhead(row: number, lead: number, orNone: boolean): boolean {
    const seats = Atomics.load(this.#words, SEATS)
    const own = this.#get(row, this.#seat) & CONNECTIONS
    for (let seat = 0; seat < seats; seat++) {
      if (seat === this.#seat) continue
      const word = this.#get(row, seat)
      if (word < WAITING) continue
      const its = word & CONNECTIONS
      if (own - its >= lead || (orNone && its === 0)) return true
    }
    return false
  }

  /** What a worker had that has ended is free again. Only for the thread that owns the memory. */
  clear(seat: number): void {
    const words = this.#words
    for (let at = HEADER_WORDS + seat; at < words.length; at += this.#rowWords) {
      if (words[at] !== 0) Atomics.store(words, at, 0)
    }
    this.tell()
  }

  /** Wakes all threads that have asked for the next change. */
  tell(): void {
    Atomics.add(this.#words, CHANGES, 1)
    Atomics.notify(this.#words, CHANGES)
  }

  /** Resolves with the next `tell` of any thread. */
  async changed(): Promise<void> {
    await waitAsync(this.#words, CHANGES, Atomics.load(this.#words, CHANGES)).value
  }

  #at(row: number, seat: number): number {
    return HEADER_WORDS + row * this.#rowWords + seat
  }

  #get(row: number, seat: number): number {
    return Atomics.load(this.#words, this.#at(row, seat))
  }
}
