import { resolve } from 'node:path'
import type { LogLevel } from '../observability/logger.ts'
import { loadScriptInJob } from './load-in-job.ts'
import { Orchestrator } from './orchestrator.ts'

/** How to run a script from another program. */
export interface RunOptions {
  /** Worker threads; 1 unless given. */
  workers?: number
  /** Heap limit of one worker; 1024 MB unless given. */
  workerMemoryMb?: number
  /** How long loading the script may take; 5 s unless given. */
  loadTimeoutMs?: number
  /** A worker that answers nothing for so long is replaced; 10 s unless given, 0 waits for ever. */
  hangTimeoutMs?: number
  logLevel?: LogLevel
}

/** A script that runs on worker threads of this process. */
export interface RunningScript {
  /** Where it listens, with real port numbers. */
  readonly addresses: string[]
  /** Loads the script again; a script that is wrong changes nothing, and rejects. */
  reload(): Promise<void>
  /** Stops accepting; resolves when all sessions have ended or the time is over. */
  stop(drainTimeoutMs?: number): Promise<void>
}

/**
 * Runs a script file; resolves when it accepts connections. Rejects with a `StartError` when it
 * cannot be loaded or a port is in use.
 */
export async function run(file: string, options: RunOptions = {}): Promise<RunningScript> {
  const {
    workers = 1,
    workerMemoryMb = 1024,
    loadTimeoutMs = 5000,
    hangTimeoutMs = 10_000,
    logLevel = 'error',
  } = options
  const load = () => loadScriptInJob(resolve(file), loadTimeoutMs)
  const { spec } = await load()
  const orchestrator = new Orchestrator(spec, {
    workers,
    workerMemoryMb,
    hangTimeoutMs,
    logLevel,
  })
  await orchestrator.start()
  return {
    get addresses() {
      return orchestrator.addresses
    },
    reload: async () => {
      await orchestrator.reload((await load()).spec)
    },
    stop: async (drainTimeoutMs = 0) => {
      await orchestrator.drain(drainTimeoutMs)
      orchestrator.stop()
    },
  }
}
