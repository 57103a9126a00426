import { basename } from 'node:path'
import { logger } from '../observability/logger.ts'
import type { ScriptSpec } from '../program/spec.ts'
import { JobPool } from './jobs.ts'
import { StartError } from './start-error.ts'

/**
 * Compiles and evaluates a script on a thread that can be killed. Logs what is wrong with it and
 * throws `StartError`.
 */
export async function loadScriptInJob(file: string, timeoutMs: number): Promise<ScriptSpec> {
  const jobs = new JobPool()
  try {
    const result = await jobs.run('load-script', { file }, timeoutMs)
    if (result.isGood) return result.spec
    for (const line of result.lines) logger.error(line)
    logger.flush()
    throw new StartError(`cannot load script: ${basename(file)}`)
  } finally {
    await jobs.close()
  }
}
