/** Numbers of a worker as a whole, before all groups: see worker-fields.ts. */
export const WORKER_REGION = 128
/**
 * Room for about 1400 groups of requests: 8 MB of address space for each worker, of which pages
 * that nobody has written to take no memory.
 */
const STRIPE_NUMBERS = 1 << 20
/** Groups begin at cache lines, so that a group is in as few as can be. */
const CACHE_LINE_NUMBERS = 8

/**
 * The memory of all metrics of the process. Each worker slot has a stripe of its own, which its
 * threads write to with plain additions, one after the other; the orchestrator reads all and adds
 * up. A number can be read while it is written: it is one aligned double.
 *
 *     stripe of slot 0   │ worker │ group a │ group b │ …
 *     stripe of slot 1   │ worker │ group a │ group b │ …     the same places in each
 *
 * A name keeps its place, so that counters survive reloads and deaths; only when there is no room
 * left are places reused that were released.
 */
export class MetricsMemory {
  readonly #stripes: Float64Array[] = []
  readonly #places = new Map<string, number>()
  /** Numbers of groups that tell how things are, by name. */
  readonly #gauges = new Map<string, readonly number[]>()
  /** Sizes of groups that nobody counts in any more, by name; the oldest come first. */
  readonly #released = new Map<string, number>()
  #end = WORKER_REGION

  /**
   * The place of a group of `size` numbers, the same for the same name; -1 when there is no room.
   * `gauges` are those that tell how things are, and of which nothing is left when a worker ends.
   */
  place(name: string, size: number, gauges: readonly number[] = []): number {
    const known = this.#places.get(name)
    this.#gauges.set(name, gauges)
    this.#released.delete(name)
    if (known !== undefined) return known
    if (this.#end + size > STRIPE_NUMBERS) return this.#reuse(name, size)
    const at = this.#end
    this.#end += Math.ceil(size / CACHE_LINE_NUMBERS) * CACHE_LINE_NUMBERS
    this.#places.set(name, at)
    return at
  }

  /** What a worker had at the moment of its end it has no more, be it of a program that was replaced. */
  workerEnded(slot: number): void {
    const stripe = this.stripe(slot)
    for (const [name, at] of this.#places) {
      for (const field of this.#gauges.get(name) ?? []) stripe[at + field] = 0
    }
  }

  /** Lets others have a place when there is no room left; until then the name still has it. */
  release(name: string, size: number): void {
    this.#released.set(name, size)
  }

  /** The stripe of a worker slot, to be sent to its threads. */
  stripe(slot: number): Float64Array {
    while (this.#stripes.length <= slot) {
      const bytes = STRIPE_NUMBERS * Float64Array.BYTES_PER_ELEMENT
      this.#stripes.push(new Float64Array(new SharedArrayBuffer(bytes)))
    }
    return this.#stripes[slot] as Float64Array
  }

  /** Slots that have ever had a worker. */
  get slots(): number {
    return this.#stripes.length
  }

  /** The place that was released first: hardly any program that was replaced counts there still. */
  #reuse(name: string, size: number): number {
    for (const [former, formerSize] of this.#released) {
      const at = this.#places.get(former)
      if (formerSize !== size || at === undefined) continue
      this.#released.delete(former)
      this.#places.delete(former)
      this.#gauges.delete(former)
      this.#places.set(name, at)
      for (const stripe of this.#stripes) stripe.fill(0, at, at + size)
      return at
    }
    return -1
  }

  /** One number of one worker. */
  read(slot: number, at: number): number {
    return this.#stripes[slot]?.[at] ?? 0
  }

  /** Neighbouring numbers of one worker, as they are now. */
  group(slot: number, at: number, length: number): Float64Array {
    return this.#stripes[slot]?.slice(at, at + length) ?? new Float64Array(length)
  }

  /** One number of all workers. */
  sum(at: number): number {
    let sum = 0
    for (const stripe of this.#stripes) sum += stripe[at] ?? 0
    return sum
  }

  /** Neighbouring numbers of all workers. */
  sums(at: number, length: number): Float64Array {
    const sums = new Float64Array(length)
    for (const stripe of this.#stripes) {
      for (let i = 0; i < length; i++) sums[i] = (sums[i] as number) + (stripe[at + i] as number)
    }
    return sums
  }
}
