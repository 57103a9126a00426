import { checkNumber, checkOptionalObject, checkString, expected } from '../arguments.ts'
import { BoundedMap } from './bounded-map.ts'

/** A target of a balancer. */
export interface WeightedTarget {
  readonly name: string
  /** Share of the work; none at 0. */
  weight: number
  /** Work it has been given. */
  hits: number
}

/** Tags that a balancer remembers: tags may come from clients, so their number is bounded. */
export const MAX_TAGS = 100_000

/** The targets of a balancer that counts, and which of them the tags got. */
export class WeightedTargets {
  readonly #targets = new Map<string, WeightedTarget>()
  readonly #tags = new BoundedMap<unknown, WeightedTarget>(MAX_TAGS)

  constructor(weights?: Readonly<Record<string, number>> | null) {
    const given = checkOptionalObject(weights, 1) ?? {}
    for (const [name, weight] of Object.entries(given)) this.set(name, weight)
  }

  /** Adds a target or changes its weight. */
  set(name: string, weight: number): void {
    if (!(checkNumber(weight, 2) >= 0)) expected(2, 'a weight of 0 or more')
    const target = this.#targets.get(checkString(name, 1))
    if (target === undefined) this.#targets.set(name, { name, weight, hits: 0 })
    else target.weight = weight
  }

  get(name: string): WeightedTarget | undefined {
    return this.#targets.get(name)
  }

  all(): Iterable<WeightedTarget> {
    return this.#targets.values()
  }

  /** The target with the fewest hits for its weight; of several, the one that was set first. */
  leastLoaded(): WeightedTarget | undefined {
    let best: WeightedTarget | undefined
    for (const target of this.#targets.values()) {
      if (target.weight === 0) continue
      // hits / weight, compared without dividing.
      if (best === undefined || target.hits * best.weight < best.hits * target.weight) best = target
    }
    return best
  }

  /** The target that a tag got, if that still takes work. */
  remembered(tag: unknown): WeightedTarget | undefined {
    if (tag === undefined || tag === null) return undefined
    const target = this.#tags.get(tag)
    return target !== undefined && target.weight > 0 ? target : undefined
  }

  remember(tag: unknown, target: WeightedTarget): void {
    if (tag !== undefined && tag !== null) this.#tags.set(tag, target)
  }
}
