import type { Machine } from '../load/report/machine.ts'

/** What one drill found; this is the committed JSON. */
export interface DrillResults {
  readonly machine: Machine
  readonly measuredAt: string
  readonly seconds: number
  readonly subjects: readonly SubjectResult[]
}

/** One proxy under the drill. */
export interface SubjectResult {
  readonly label: string
  readonly version: string
  readonly steps: readonly StepResult[]
  /** Steps that did not come about. */
  readonly undone?: readonly UndoneStep[]
}

/** A step that this proxy has but that did not come about, and why. */
export interface UndoneStep {
  readonly name: string
  readonly reason: string
}

/** What came of one step; times in milliseconds. */
export interface StepResult {
  readonly name: string
  readonly title: string
  /** Requests of all clients. */
  readonly sent: number
  /** Wrong answers, and none in time. */
  readonly failed: number
  /** Connections refused, reset or closed on a request of the strict client. */
  readonly reset: number
  /** The same of wrk, which also counts connections that were closed while idle. */
  readonly wrkSocketErrors: number
  readonly p99: { readonly before: number; readonly during: number; readonly after: number }
  /** How long the endpoint of the step was still in use. */
  readonly leftAfterMs?: number
  /** Whether the step's bar is met; undefined if it has none. */
  readonly isMet?: boolean
  /** The first few things that went wrong, in words. */
  readonly faults: readonly string[]
}
