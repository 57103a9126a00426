import { readTree } from '../../load/process/process-tree.ts'
import { until } from './until.ts'

/** Ids of the processes that a master process has started and that still run. */
export function workersOf(master: number): number[] {
  return readTree(master)
    .map(({ pid }) => pid)
    .filter((pid) => pid !== master)
}

/** Sends the master a signal and waits until it has `count` workers that it did not have before. */
export async function replaceWorkers(
  master: number,
  signal: NodeJS.Signals,
  count: number,
): Promise<void> {
  const before = new Set(workersOf(master))
  process.kill(master, signal)
  const fresh = (): number => workersOf(master).filter((pid) => !before.has(pid)).length
  await until(() => fresh() >= count, `new workers after ${signal}`)
}
