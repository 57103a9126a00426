import { spawn } from 'node:child_process'
import { projectPath } from '../load/project.ts'
import { outputOf } from './output-of.ts'

/** What the wheel of time-outs costs with very many connections. */
export interface TimerResults {
  readonly timers: number
  readonly costs: readonly TimerCost[]
}

/** One thing that is done with it. */
export interface TimerCost {
  readonly name: string
  readonly ns: number
  /** What the nanoseconds are for: a timer, or a tick of the whole wheel. */
  readonly unit: string
}

/** Builds the benchmark of the wheel as the native core is built, and runs it. */
export async function measureTimers(): Promise<TimerResults> {
  const child = spawn('sh', [projectPath('bench/native/run.sh'), 'timers'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  return parseTimers(await outputOf(child))
}

/** Reads what the benchmark prints. */
export function parseTimers(output: string): TimerResults {
  const timers = Number(/^(\d+) timers$/m.exec(output)?.[1] ?? 0)
  const costs = [...output.matchAll(/^ {2}(\S.*?) +([\d.]+) ns\/(\w+)$/gm)].map(
    ([, name = '', ns, unit = '']) => ({ name, ns: Number(ns), unit }),
  )
  return { timers, costs }
}
