import { setTimeout as pause } from 'node:timers/promises'
import { BenchError } from '../../load/bench-error.ts'

type Answer = boolean | undefined

const TIMEOUT_MS = 15_000
const INTERVAL_MS = 10

/** Resolves when `isTrue` is; fails with what was awaited when it takes too long. */
export async function until(isTrue: () => Answer | Promise<Answer>, what: string): Promise<void> {
  const deadline = performance.now() + TIMEOUT_MS
  while (!(await isTrue())) {
    if (performance.now() > deadline) throw new BenchError(`did not happen: ${what}`)
    await pause(INTERVAL_MS)
  }
}
