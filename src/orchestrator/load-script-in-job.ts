import type { ScriptSpec } from '../program/spec.ts'
import { JobPool } from './jobs.ts'
import { StartError } from './start-error.ts'

/** Compiles and evaluates a script on a thread that can be killed; throws `StartError`. */
export async function loadScriptInJob(file: string, timeoutMs: number): Promise<ScriptSpec> {
  const jobs = new JobPool()
  try {
    const result = await jobs.run('load-script', { file }, timeoutMs)
    if (result.isGood) return result.spec
    throw new StartError(result.lines.join('\n'))
  } finally {
    await jobs.close()
  }
}
