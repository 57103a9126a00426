import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { projectPath } from '../../load/project.ts'
import type { Machine } from '../../load/report/machine.ts'
import type { FuzzResult } from '../fuzz.ts'
import type { HttpSafetyResult } from '../http-safety.ts'
import type { FaultResult } from '../measure-fault.ts'
import type { TimerResults } from '../timers.ts'

/** Everything one run found; this is the committed JSON. */
export interface ReliabilityResults {
  readonly machine: Machine
  readonly measuredAt: string
  readonly faultSeconds: number
  readonly faults: readonly FaultResult[]
  readonly httpSafety: HttpSafetyResult | undefined
  readonly fuzz: readonly FuzzResult[]
  readonly timers: TimerResults | undefined
}

/** Where the results of a full run are, and the page that is made of them. */
export const RESULTS_PATH = 'bench/results/reliability.json'
/** See {@link RESULTS_PATH}. */
export const PAGE_PATH = 'docs/reliability.md'

/** The committed results; undefined before the first full run. */
export function readReliabilityResults(): ReliabilityResults | undefined {
  const path = projectPath(RESULTS_PATH)
  if (!existsSync(path)) return undefined
  return JSON.parse(readFileSync(path, 'utf8')) as ReliabilityResults // written below only
}

/** Writes the results of a full run. */
export function saveReliabilityResults(results: ReliabilityResults): void {
  writeFileSync(projectPath(RESULTS_PATH), `${JSON.stringify(results, roundNumbers, 2)}\n`)
}

// Digits that no measurement has would only make the committed file larger.
function roundNumbers(_key: string, value: unknown): unknown {
  return typeof value !== 'number' || Number.isInteger(value) ? value : Number(value.toPrecision(4))
}
