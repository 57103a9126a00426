import { hashText } from '../../balancer/hash.ts'
import { createEndpoint, type Endpoint, type Picker } from '../../balancer/picker.ts'
import { checkNumber, checkOptionalObject, checkString, expected } from '../arguments.ts'
import { BoundedMap } from './bounded-map.ts'
import { MAX_TAGS } from './weighted-targets.ts'

/** A balancer of scripts that picks as `sluice lb` does. */
export abstract class PickerLoadBalancer {
  readonly #picker: Picker
  readonly #endpoints = new Map<string, Endpoint>()
  /** Those that take work; another array after every change. */
  #candidates: readonly Endpoint[] = []

  /** `weights` maps targets to their weights; a target of weight 0 gets no work. */
  constructor(picker: Picker, weights?: Readonly<Record<string, number>> | null) {
    this.#picker = picker
    const given = checkOptionalObject(weights, 1) ?? {}
    for (const [name, weight] of Object.entries(given)) this.#set(name, weight)
    this.#update()
  }

  /** Adds a target or changes its weight. */
  set(target: string, weight: number): void {
    this.#set(target, weight)
    this.#update()
  }

  /** Begins work on a target; undefined if there is none. */
  select(tag?: unknown): string | undefined {
    const endpoint = this.choose(tag)
    if (endpoint === undefined) return undefined
    endpoint.active++
    return endpoint.address
  }

  /** Ends work on a target; `milliseconds` is how long it took, for those who go by time. */
  deselect(target: string, milliseconds?: number): void {
    const endpoint = this.#endpoints.get(target)
    if (endpoint === undefined || endpoint.active === 0) return
    endpoint.active--
    if (milliseconds !== undefined) this.#picker.observe?.(endpoint, checkNumber(milliseconds, 2))
  }

  /** Which target work with a tag goes to. */
  protected abstract choose(tag: unknown): Endpoint | undefined

  protected pick(key: number): Endpoint | undefined {
    return this.#candidates.length > 0 ? this.#picker.pick(this.#candidates, key) : undefined
  }

  #set(target: string, weight: number): void {
    if (!(checkNumber(weight, 2) >= 0)) expected(2, 'a weight of 0 or more')
    const endpoint = this.#endpoints.get(checkString(target, 1))
    if (endpoint !== undefined) endpoint.weight = weight
    else this.#endpoints.set(target, createEndpoint(target, weight))
  }

  #update(): void {
    this.#candidates = [...this.#endpoints.values()].filter(({ weight }) => weight > 0)
  }
}

/** One that goes by load: with a tag, work goes where the tag's first went. */
export abstract class TaggedLoadBalancer extends PickerLoadBalancer {
  readonly #tags = new BoundedMap<unknown, Endpoint>(MAX_TAGS)

  protected override choose(tag: unknown): Endpoint | undefined {
    if (tag === undefined || tag === null) return this.pick(0)
    const known = this.#tags.get(tag)
    if (known !== undefined && known.weight > 0) return known
    const endpoint = this.pick(0)
    if (endpoint !== undefined) this.#tags.set(tag, endpoint)
    return endpoint
  }
}

/** One that computes the target from the tag, whose string form counts. */
export abstract class ConsistentLoadBalancer extends PickerLoadBalancer {
  protected override choose(tag: unknown): Endpoint | undefined {
    return this.pick(hashText(String(tag)))
  }
}
