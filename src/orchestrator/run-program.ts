import { configureLogger, type LogLevel, logger } from '../observability/logger.ts'
import { type LogFormatName, stdoutSink } from '../observability/stdout-sink.ts'
import type { ProgramSpec } from '../program/spec.ts'
import { InheritedSockets } from './inherited-sockets.ts'
import { Orchestrator } from './orchestrator.ts'
import type { ProgramSource } from './program-source.ts'
import type { Reloader } from './reloader.ts'
import { ServiceManager } from './service-manager.ts'
import { handleSignals } from './signals.ts'

export interface RunProgramOptions {
  workers: number
  drainTimeoutMs: number
  workerMemoryMb: number
  hangTimeoutMs: number
  pinsCpus: boolean
  logLevel: LogLevel
  logFormat: LogFormatName
  /** Count requests and what workers do, for the admin API. */
  hasMetrics: boolean
}

/** Where a program comes from, and its files. */
export interface RunningSource {
  source: ProgramSource
  files: readonly string[]
}

/** A program that runs until a signal ends the process. */
export interface RunningProgram {
  readonly orchestrator: Orchestrator
  /** Loads it again; rejects with what is wrong with it. Undefined for what flags describe. */
  readonly reload: (() => Promise<void>) | undefined
}

/**
 * Runs a program until a signal ends the process: SIGTERM and SIGINT drain, a second one stops at
 * once. SIGHUP loads a script or config again, SIGUSR1 has log files opened again, SIGTSTP prints
 * what the workers have. Resolves when the program accepts connections; throws `StartError`.
 */
export async function runProgram(
  spec: ProgramSpec,
  options: RunProgramOptions,
  origin?: RunningSource,
): Promise<RunningProgram> {
  configureLogger({ level: options.logLevel, sink: stdoutSink(options.logFormat) })
  const manager = new ServiceManager(process.env)
  const inherited = new InheritedSockets(process.env)
  const orchestrator = new Orchestrator(spec, { ...options, inherited })
  let reloader: Reloader | undefined
  handleSignals(manager, options.drainTimeoutMs, {
    orchestrator: () => orchestrator,
    reload: () => {
      if (reloader === undefined) logger.error('No script running')
      else reloader.request()
    },
  })
  await orchestrator.start()
  if (origin !== undefined) {
    const { Reloader } = await import('./reloader.ts')
    reloader = new Reloader(orchestrator, origin.source, origin.files, manager)
  }
  for (const address of orchestrator.addresses) logger.info(`[listener] Listening on ${address}`)
  for (const address of inherited.rest)
    logger.warn(`[listener] no listener takes the inherited socket ${address}`)
  manager.ready()
  logger.flush()
  const reload = reloader === undefined ? undefined : reloader.reload.bind(reloader)
  return { orchestrator, reload }
}
