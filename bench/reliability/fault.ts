import type { Stage } from './stage.ts'

/** Something that goes wrong around a running Sluice, from outside of it. */
export interface Fault {
  readonly name: string
  readonly title: string
  /** What the processes do, and what Sluice is to make of it; one sentence of the report. */
  readonly what: string
  /** How Sluice runs: `sluice lb` before a healthy upstream, or a script that also has a faulty one. */
  readonly proxy: 'balancer' | 'router'
  /** Behaviour of the faulty upstream, if there is one. */
  readonly upstream?: string
  /** What the p99 of good requests has to stay under meanwhile, in milliseconds, if that is promised. */
  readonly p99BarMs?: number
  /** Takes at least so many seconds, because a default time-out has to pass. */
  readonly leastSeconds?: number
  /** Makes the fault happen, for about so many seconds; returns what came of it. */
  run(stage: Stage, seconds: number): Promise<FaultOutcome>
}

/** A normal client's p99 while others hold thousands of connections. */
export const P99_BAR_MS = 50

/** Cases that a fault consists of: requests that cannot succeed, or hostile connections. */
export interface FaultOutcome {
  readonly cases: number
  /** Those that ended as they must: with the right status, cut off visibly, or kept. */
  readonly passed: number
  /** What the first one that did not pass was like, in words; empty if all did. */
  readonly firstError: string
}

/** The cases of several faults together. */
export function joinOutcomes(outcomes: readonly FaultOutcome[]): FaultOutcome {
  return {
    cases: outcomes.reduce((sum, { cases }) => sum + cases, 0),
    passed: outcomes.reduce((sum, { passed }) => sum + passed, 0),
    firstError: outcomes.find(({ firstError }) => firstError !== '')?.firstError ?? '',
  }
}

/** Counts cases as they end. */
export class Tally {
  #cases = 0
  #passed = 0
  #firstError = ''

  /** Counts a case; `error` tells in words what is wrong, empty if nothing is. */
  count(error: string): void {
    this.#cases++
    if (error === '') this.#passed++
    else this.#firstError ||= error
  }

  get outcome(): FaultOutcome {
    return { cases: this.#cases, passed: this.#passed, firstError: this.#firstError }
  }
}
