import { basename } from 'node:path'
import { logger } from '../observability/logger.ts'
import type { GoodScript, PrintedLine } from '../program/load-script.ts'
import { JobPool } from './jobs.ts'
import { LoadError } from './load-error.ts'

/**
 * Logs what a script has printed while it was looked at. One that goes on to run prints it again.
 */
export function logPrinted(printed: readonly PrintedLine[]): void {
  for (const { level, line } of printed) logger[level](line)
}

/**
 * Compiles and evaluates a script on a thread that can be killed. Throws `LoadError` when the script
 * is wrong, and `StartError` when it takes too much time or memory.
 */
export async function loadScriptInJob(file: string, timeoutMs: number): Promise<GoodScript> {
  const jobs = new JobPool()
  try {
    const result = await jobs.run('load-script', { file }, timeoutMs)
    if (result.isGood) return result
    const { lines, files, printed } = result
    logPrinted(printed)
    throw new LoadError(`cannot load script: ${basename(file)}`, lines, files)
  } finally {
    await jobs.close()
  }
}
