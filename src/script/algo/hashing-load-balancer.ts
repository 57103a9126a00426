import { hashText, mix } from '../../balancer/hash.ts'
import { checkString } from '../arguments.ts'

/** A target with the hash of its name. */
interface HashedTarget {
  readonly name: string
  readonly hash: number
}

/**
 * Picks the target for a tag by rendezvous hashing: of all targets, the one whose name mixed with
 * the tag hashes highest. When a target comes or goes, only the tags that move to it or were its
 * own get another one.
 */
export class HashingLoadBalancer {
  readonly #targets: HashedTarget[] = []

  constructor(targets: readonly string[] = []) {
    if (!Array.isArray(targets)) throw new TypeError('argument #1 expects an instance of Array')
    for (const target of targets) this.add(target)
  }

  /** Adds a target, unless it is there already. */
  add(target: string): void {
    const name = checkString(target, 1)
    if (this.#targets.some((known) => known.name === name)) return
    this.#targets.push({ name, hash: hashText(name) })
  }

  /** Removes a target; returns whether it was there. */
  remove(target: string): boolean {
    const index = this.#targets.findIndex(({ name }) => name === target)
    if (index >= 0) this.#targets.splice(index, 1)
    return index >= 0
  }

  /** The target for a tag, whose string form counts; undefined if there are no targets. */
  select(tag?: unknown): string | undefined {
    const hash = hashText(String(tag))
    let best: string | undefined
    let highest = -1
    for (const target of this.#targets) {
      const weight = mix(hash ^ target.hash)
      if (weight > highest) {
        highest = weight
        best = target.name
      }
    }
    return best
  }
}
