import { WeightedTargets } from './weighted-targets.ts'

/** Deals out targets in turn, each as often as its weight says. */
export class RoundRobinLoadBalancer {
  readonly #targets: WeightedTargets

  /** `weights` maps targets to their weights. */
  constructor(weights?: Readonly<Record<string, number>> | null) {
    this.#targets = new WeightedTargets(weights)
  }

  /** Adds a target or changes its weight. */
  set(target: string, weight: number): void {
    this.#targets.set(target, weight)
  }

  /** The next target; with a tag, always the one that the tag got first. */
  select(tag?: unknown): string | undefined {
    const known = this.#targets.remembered(tag)
    if (known !== undefined) return known.name
    const target = this.#targets.leastLoaded()
    if (target === undefined) return undefined
    target.hits++
    this.#targets.remember(tag, target)
    this.#startOverAfterRound()
    return target.name
  }

  #startOverAfterRound(): void {
    let hits = 0
    let weights = 0
    for (const target of this.#targets.all()) {
      hits += target.hits
      weights += target.weight
    }
    if (hits >= weights) for (const target of this.#targets.all()) target.hits = 0
  }
}
