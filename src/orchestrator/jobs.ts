import type { Piscina } from 'piscina'
import type { LoadConfigResult } from '../config/load-config.ts'
import { logger } from '../observability/logger.ts'
import type { LoadResult } from '../program/load-script.ts'
import { returnToProgramFolder } from './program-folder.ts'
import { StartError } from './start-error.ts'

/** A file, maybe with another text than it has. */
interface FileInput {
  file: string
  text: string | undefined
}

interface ConfigInput extends FileInput {
  /** What lies elsewhere is not looked at. */
  root: string | undefined
}

/** What each job takes and gives; `jobs/<name>.ts` has the code. */
export interface Jobs {
  'load-script': { input: FileInput; output: LoadResult }
  'load-config': { input: ConfigInput; output: LoadConfigResult }
}

const TITLES: Readonly<Record<keyof Jobs, string>> = {
  'load-script': 'loading the script',
  'load-config': 'loading the config',
}

/** Threads that wait for work end after this time, so that an idle process pays nothing. */
const IDLE_TIMEOUT_MS = 10_000
/** Jobs are rare and heavy: more threads would only take processors from the workers. */
const MAX_THREADS = 2
/** A script that needs more to load is broken. */
const MAX_HEAP_MB = 512

/**
 * Finite work that is heavy or may never end, on threads that can be killed. The pool and its
 * library are loaded when the first job comes.
 */
export class JobPool {
  #pool: Piscina | undefined

  /** Runs a job; throws `StartError` when it takes too much time or memory. */
  async run<Name extends keyof Jobs>(
    name: Name,
    input: Jobs[Name]['input'],
    timeoutMs: number,
  ): Promise<Jobs[Name]['output']> {
    returnToProgramFolder()
    const pool = await this.#open()
    const filename = new URL(`../orchestrator/jobs/${name}.js`, import.meta.url).href
    const signal = AbortSignal.timeout(timeoutMs)
    try {
      return await pool.run(input, { filename, signal })
    } catch (error) {
      if (signal.aborted)
        throw new StartError(
          `${TITLES[name]} took more than ${timeoutMs / 1000} s: is there an endless loop?`,
        )
      if (isOutOfMemory(error))
        throw new StartError(`${TITLES[name]} took more than ${MAX_HEAP_MB} MB of memory`)
      const status = exitStatusIn(error)
      if (status !== undefined)
        throw new StartError(
          `${TITLES[name]} ended with process.exit(${status}): throw an error instead, which is told with its place`,
        )
      throw error
    }
  }

  /** Ends all threads, also those that are busy. */
  async close(): Promise<void> {
    const pool = this.#pool
    this.#pool = undefined
    await pool?.destroy()
  }

  async #open(): Promise<Piscina> {
    const { Piscina } = await import('piscina')
    if (this.#pool !== undefined) return this.#pool
    this.#pool = new Piscina({
      minThreads: 0,
      maxThreads: MAX_THREADS,
      idleTimeout: IDLE_TIMEOUT_MS,
      resourceLimits: { maxOldGenerationSizeMb: MAX_HEAP_MB },
    })
    // A thread that cannot start is no reason to end the process: its job runs into its time.
    this.#pool.on('error', (error: Error) => logger.error(`[jobs] ${error.message}`))
    return this.#pool
  }
}

function isOutOfMemory(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
}

/** With what a job's thread has ended itself; only the text of the pool's error tells. */
function exitStatusIn(error: unknown): string | undefined {
  return error instanceof Error
    ? /^worker exited with code: (\d+)$/.exec(error.message)?.[1]
    : undefined
}
