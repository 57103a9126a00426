import { configureLogger, type LogLevel, logger } from '../observability/logger.ts'
import { writeLogToStdout } from '../observability/stdout-sink.ts'
import type { ProgramSpec } from '../program/spec.ts'
import { Orchestrator } from './orchestrator.ts'

export interface RunProgramOptions {
  workers: number
  drainTimeoutMs: number
  workerMemoryMb: number
  logLevel: LogLevel
}

/** How often a drain tells what it waits for. */
const DRAIN_REPORT_MS = 1000

/**
 * Runs a program until a signal ends the process: SIGTERM and SIGINT drain, a second one stops at
 * once. Resolves when the program accepts connections; throws `StartError`.
 */
export async function runProgram(
  spec: ProgramSpec,
  options: RunProgramOptions,
): Promise<Orchestrator> {
  configureLogger({ level: options.logLevel, sink: writeLogToStdout })
  const orchestrator = new Orchestrator(spec, options)
  // Installed before the start, also because PID 1 has no default actions.
  stopOnSignals(orchestrator, options.drainTimeoutMs)
  await orchestrator.start()
  for (const address of orchestrator.addresses) logger.info(`[listener] Listening on ${address}`)
  logger.flush()
  return orchestrator
}

function stopOnSignals(orchestrator: Orchestrator, drainTimeoutMs: number): void {
  let hasSignal = false
  const onSignal = (signal: NodeJS.Signals): void => {
    if (hasSignal) {
      logger.info('Forcing to shut down...')
      exit(0)
    }
    hasSignal = true
    void shutDown(orchestrator, signal, drainTimeoutMs)
  }
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
}

async function shutDown(
  orchestrator: Orchestrator,
  signal: NodeJS.Signals,
  drainTimeoutMs: number,
): Promise<void> {
  logger.info(`Received ${signal}, shutting down...`)
  const report = (): void => {
    const hint = signal === 'SIGINT' ? ' Press Ctrl-C again to force shutdown' : ''
    if (orchestrator.active > 0)
      logger.info(`Waiting for remaining ${orchestrator.active} sessions...${hint}`)
  }
  const timer = setInterval(report, DRAIN_REPORT_MS)
  await orchestrator.drain(drainTimeoutMs)
  clearInterval(timer)
  if (orchestrator.active > 0)
    logger.info(`Time is over: ${orchestrator.active} sessions are cut off`)
  logger.info('Stopped.')
  exit(0)
}

function exit(status: number): never {
  logger.flush()
  process.exit(status)
}
