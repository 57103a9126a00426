import { logger } from '../observability/logger.ts'
import type { Orchestrator } from './orchestrator.ts'
import { takeInOrphans } from './orphans.ts'
import type { ServiceManager } from './service-manager.ts'

/** What signals act on. */
export interface SignalTarget {
  /** What runs at the moment, if anything does. */
  orchestrator(): Orchestrator | undefined
  /** Loads the program again. */
  reload(): void
}

/** How often a drain tells what it waits for. */
const DRAIN_REPORT_MS = 1000

/**
 * Installs what the process does at signals: SIGTERM and SIGINT drain, a second one stops at once.
 * SIGHUP loads the program again, SIGUSR1 has log files opened again, SIGTSTP prints what the workers
 * have. To be called before anything starts, also because PID 1 has no default actions; as such it
 * also takes in orphans.
 */
export function handleSignals(
  manager: ServiceManager,
  drainTimeoutMs: number,
  target: SignalTarget,
): void {
  takeInOrphans()
  let hasSignal = false
  const onSignal = (signal: NodeJS.Signals): void => {
    if (hasSignal) {
      logger.info('Forcing to shut down...')
      exit(0)
    }
    hasSignal = true
    manager.stopping()
    void shutDown(target.orchestrator(), signal, drainTimeoutMs)
  }
  process.on('SIGTERM', onSignal)
  process.on('SIGINT', onSignal)
  process.on('SIGTSTP', () => void printCounts(target.orchestrator()))
  // Node would open a debugger otherwise.
  process.on('SIGUSR1', () => target.orchestrator()?.reopenLogs())
  process.on('SIGHUP', () => target.reload())
}

async function printCounts(orchestrator: Orchestrator | undefined): Promise<void> {
  if (orchestrator === undefined) return
  const { renderCounts } = await import('./counts-table.ts')
  logger.raw(renderCounts(await orchestrator.counts()))
}

async function shutDown(
  orchestrator: Orchestrator | undefined,
  signal: NodeJS.Signals,
  drainTimeoutMs: number,
): Promise<void> {
  logger.info(`Received ${signal}, shutting down...`)
  if (orchestrator !== undefined) await drain(orchestrator, signal, drainTimeoutMs)
  logger.info('Stopped.')
  if (orchestrator?.runsScript === true) logger.raw('Done.\n')
  exit(0)
}

async function drain(
  orchestrator: Orchestrator,
  signal: NodeJS.Signals,
  drainTimeoutMs: number,
): Promise<void> {
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
}

function exit(status: number): never {
  logger.flush()
  process.exit(status)
}
