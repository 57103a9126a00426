import {
  POLICY_FIELDS,
  POLICY_GROUP,
  POLICY_STATES,
} from '../observability/metrics/policy-fields.ts'
import type { Upstream } from '../program/lb/upstream.ts'

/**
 * Brings what the policies of a program's upstreams count into the memory of metrics. Policies count
 * for themselves, because most run without metrics; differences are added, so that a program and the
 * one that replaces it may both count for one upstream.
 */
export class PolicyMetrics {
  readonly #numbers: Float64Array
  readonly #upstreams: readonly { readonly at: number; readonly upstream: Upstream }[]
  readonly #written: Float64Array[]

  /** `places` are where the groups of the upstreams are, -1 for none. */
  constructor(numbers: Float64Array, upstreams: readonly Upstream[], places: readonly number[]) {
    this.#numbers = numbers
    this.#upstreams = upstreams
      .map((upstream, index) => ({ at: places[index] ?? -1, upstream }))
      .filter(({ at }) => at >= 0)
    this.#written = this.#upstreams.map(() => new Float64Array(POLICY_GROUP))
  }

  /** To be called now and then. */
  write(): void {
    for (const [index, { at, upstream }] of this.#upstreams.entries()) {
      this.#add(at, read(upstream), this.#written[index] as Float64Array)
    }
  }

  /** The program is over: what it has in progress is nothing. */
  end(): void {
    for (const [index, { at, upstream }] of this.#upstreams.entries()) {
      const last = read(upstream)
      for (const field of POLICY_STATES) last[field] = 0
      this.#add(at, last, this.#written[index] as Float64Array)
    }
  }

  #add(at: number, now: Float64Array, before: Float64Array): void {
    for (let i = 0; i < POLICY_GROUP; i++) {
      const change = (now[i] as number) - (before[i] as number)
      if (change !== 0) this.#numbers[at + i] = (this.#numbers[at + i] as number) + change
    }
    before.set(now)
  }
}

function read({ circuit, policies }: Upstream): Float64Array {
  const { active, refused, shed, expired, refusedRetries, hedges, hedgesWon } = POLICY_FIELDS
  const numbers = new Float64Array(POLICY_GROUP)
  if (circuit !== null) {
    numbers[active] = circuit.active
    numbers[refused] = circuit.refused
    numbers[shed] = circuit.shed
    numbers[expired] = circuit.expired
  }
  for (const { retry, hedge } of policies.all) {
    numbers[refusedRetries] = (numbers[refusedRetries] as number) + (retry?.refused ?? 0)
    numbers[hedges] = (numbers[hedges] as number) + (hedge?.total ?? 0)
    numbers[hedgesWon] = (numbers[hedgesWon] as number) + (hedge?.won ?? 0)
  }
  numbers[POLICY_FIELDS.budgets] = policies.budgets.length
  numbers[POLICY_FIELDS.retriesLeft] = policies.budgets.reduce((sum, { left }) => sum + left, 0)
  return numbers
}
