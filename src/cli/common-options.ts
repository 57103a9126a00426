import { LOG_LEVELS, type LogLevel } from '../observability/logger.ts'
import type { OptionSpec, ParsedOptions } from './option-table.ts'
import { parseDuration, parseInteger } from './parse-value.ts'
import { UsageError } from './usage-error.ts'

/** What every command that runs workers can be told. */
export interface RunOptions {
  workers: number
  drainTimeoutMs: number
  logLevel: LogLevel
  /** Limit of one worker's JavaScript heap; connections' buffers are outside of it. */
  workerMemoryMb: number
  /** A worker that answers nothing for so long is replaced; 0 waits for ever. */
  hangTimeoutMs: number
}

const MAX_WORKERS = 256
const DEFAULT_DRAIN_TIMEOUT_MS = 30_000
const DEFAULT_WORKER_MEMORY_MB = 1024
/** Far longer than any pause that a loaded machine or a large heap causes. */
const DEFAULT_HANG_TIMEOUT_MS = 10_000

export const HELP_OPTION: OptionSpec = { name: 'help', short: 'h', doc: 'Print this help.' }

export const RUN_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'drain-timeout',
    value: '<time>',
    doc: 'How long to wait for open sessions after SIGTERM or SIGINT. Default: 30s.',
  },
  {
    name: 'worker-memory',
    value: '<MB>',
    doc: 'Heap limit of one worker; a worker that exceeds it is replaced. Default: 1024.',
  },
  {
    name: 'hang-timeout',
    value: '<time>',
    doc: 'A worker that is busy for longer with one thing is replaced; 0: never. Default: 10s.',
  },
  {
    name: 'log-level',
    value: '<level>',
    doc: 'debug, info, warn or error. Info is always shown. Default: error.',
  },
]

/** Reads `RUN_OPTIONS` and the `workers` option. */
export function readRunOptions(options: ParsedOptions, defaultWorkers: number): RunOptions {
  const workers = options.value('workers')
  const drainTimeout = options.value('drain-timeout')
  const memory = options.value('worker-memory')
  const hangTimeout = options.value('hang-timeout')
  return {
    workers:
      workers === undefined ? defaultWorkers : parseInteger('workers', workers, 1, MAX_WORKERS),
    drainTimeoutMs:
      drainTimeout === undefined
        ? DEFAULT_DRAIN_TIMEOUT_MS
        : parseDuration('drain-timeout', drainTimeout),
    logLevel: parseLogLevel(options.value('log-level') ?? 'error'),
    hangTimeoutMs:
      hangTimeout === undefined
        ? DEFAULT_HANG_TIMEOUT_MS
        : parseDuration('hang-timeout', hangTimeout),
    workerMemoryMb:
      memory === undefined
        ? DEFAULT_WORKER_MEMORY_MB
        : parseInteger('worker-memory', memory, 16, 65_536),
  }
}

function parseLogLevel(text: string): LogLevel {
  const level = LOG_LEVELS.find((one) => one === text)
  if (level === undefined) throw new UsageError(`unknown log level: ${text}`)
  return level
}
