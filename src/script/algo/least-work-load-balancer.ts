import { WeightedTargets } from './weighted-targets.ts'

/** Picks the target that has the least work under way for its weight. */
export class LeastWorkLoadBalancer {
  readonly #targets: WeightedTargets

  /** `weights` maps targets to their weights. */
  constructor(weights?: Readonly<Record<string, number>> | null) {
    this.#targets = new WeightedTargets(weights)
  }

  /** Adds a target or changes its weight. */
  set(target: string, weight: number): void {
    this.#targets.set(target, weight)
  }

  /** Begins work on a target; with a tag, always on the one that the tag got first. */
  select(tag?: unknown): string | undefined {
    const target = this.#targets.remembered(tag) ?? this.#targets.leastLoaded()
    if (target === undefined) return undefined
    target.hits++
    this.#targets.remember(tag, target)
    return target.name
  }

  /** Ends work on a target. */
  deselect(target: string): void {
    const known = this.#targets.get(target)
    if (known !== undefined && known.hits > 0) known.hits--
  }
}
