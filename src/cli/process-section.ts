import { availableParallelism } from 'node:os'
import { PROCESS_DEFAULTS } from '../config/defaults.ts'
import { formatDuration } from '../config/duration.ts'
import type { ProcessConfig } from '../config/schema/process.ts'
import { readDuration } from '../engine/quantity.ts'
import { formatAddress } from '../program/format-address.ts'
import { adminOptions, type RunOptions } from './common-options.ts'

/** What the config says of the process, for where the command line says nothing. */
export function defaultsOf(section: ProcessConfig = {}): Partial<RunOptions> & { workers: number } {
  const { workers = availableParallelism(), drainTimeout, hangTimeout, workerMemory } = section
  const drainTimeoutMs = drainTimeout === undefined ? undefined : readDuration(drainTimeout)
  const hangTimeoutMs = hangTimeout === undefined ? undefined : readDuration(hangTimeout)
  return {
    workers,
    ...(drainTimeoutMs !== undefined && { drainTimeoutMs }),
    ...(hangTimeoutMs !== undefined && { hangTimeoutMs }),
    ...(workerMemory !== undefined && { workerMemoryMb: workerMemory }),
    ...(section.pinCpus !== undefined && { pinsCpus: section.pinCpus }),
    ...(section.admin !== undefined && {
      admin: adminOptions(String(section.admin.address), section.admin.tokenFile),
    }),
    ...(section.logFormat !== undefined && { logFormat: section.logFormat }),
    logLevel: section.logLevel ?? PROCESS_DEFAULTS.logLevel,
  }
}

/** The section that says the same as options; `workers` is undefined where the machine decides. */
export function processSection(run: RunOptions, workers: number | undefined): ProcessConfig {
  const { admin } = run
  return {
    ...(workers !== undefined && { workers }),
    drainTimeout: formatDuration(run.drainTimeoutMs),
    hangTimeout: formatDuration(run.hangTimeoutMs),
    workerMemory: run.workerMemoryMb,
    pinCpus: run.pinsCpus,
    ...(admin !== undefined && {
      admin: {
        address: formatAddress(admin),
        ...(admin.tokenFile !== undefined && { tokenFile: admin.tokenFile }),
      },
    }),
    logFormat: run.logFormat,
    logLevel: run.logLevel,
  }
}
