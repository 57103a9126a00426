import { basename } from 'node:path'
import type { GoodConfig } from '../config/load-config.ts'
import type { GoodScript } from '../program/load-script.ts'
import { JobPool } from './jobs.ts'
import { LoadError } from './load-error.ts'
import { logPrinted } from './log-script.ts'

/**
 * Compiles and evaluates a script on a thread that can be killed. Throws `LoadError` when the script
 * is wrong, and `StartError` when it takes too much time or memory. `text` stands for what the file
 * has, or would have.
 */
export async function loadScriptInJob(
  file: string,
  timeoutMs: number,
  text?: string,
): Promise<GoodScript> {
  const result = await inPool((jobs) => jobs.run('load-script', { file, text }, timeoutMs))
  if (result.isGood) return result
  logPrinted(result.printed)
  throw new LoadError(`cannot load script: ${basename(file)}`, result)
}

/** The same for a config, which may be a module; nothing outside of `root` is looked at for it. */
export async function loadConfigInJob(
  file: string,
  timeoutMs: number,
  text?: string,
  root?: string,
): Promise<GoodConfig> {
  const result = await inPool((jobs) => jobs.run('load-config', { file, text, root }, timeoutMs))
  if (result.isGood) return result
  const { length } = result.problems
  const count = length === 1 ? 'one problem' : `${length} problems`
  throw new LoadError(`cannot load config: ${basename(file)} has ${count}`, result)
}

/** The threads end with the job: loading again is rare, and a library less is memory saved. */
async function inPool<T>(work: (jobs: JobPool) => Promise<T>): Promise<T> {
  const jobs = new JobPool()
  try {
    return await work(jobs)
  } finally {
    await jobs.close()
  }
}
