import { resolve } from 'node:path'
import type { AdminOptions } from '../admin/admin-api.ts'
import { PROCESS_DEFAULTS } from '../config/defaults.ts'
import { milliseconds } from '../config/duration.ts'
import { LOG_LEVELS, type LogLevel } from '../observability/logger.ts'
import { LOG_FORMATS, type LogFormatName } from '../observability/stdout-sink.ts'
import type { OptionSpec, ParsedOptions } from './option-table.ts'
import { parseAddress } from './parse-address.ts'
import { parseChoice, parseDuration, parseInteger } from './parse-value.ts'
import { UsageError } from './usage-error.ts'

/** What every command that runs workers can be told. */
export interface RunOptions {
  workers: number
  drainTimeoutMs: number
  logLevel: LogLevel
  logFormat: LogFormatName
  /** Limit of one worker's JavaScript heap; connections' buffers are outside of it. */
  workerMemoryMb: number
  /** A worker that answers nothing for so long is replaced; 0 waits for ever. */
  hangTimeoutMs: number
  /** Whether each worker stays on a processor of its own. */
  pinsCpus: boolean
  /** Whether workers count for the admin API. */
  hasMetrics: boolean
  /** Where to serve the admin API; undefined for nowhere. */
  admin: AdminOptions | undefined
}

const MAX_WORKERS = 256

export const HELP_OPTION: OptionSpec = { name: 'help', short: 'h', doc: 'Print this help.' }

/** For programs that are a config, or that flags describe like one. */
export const CONFIG_OPTIONS: readonly OptionSpec[] = [
  { name: 'print-config', doc: 'Print the config with all defaults, and open no port.' },
  { name: 'verify', doc: 'Check everything, print the pipelines, and open no port.' },
]

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
    name: 'pin-cpus',
    doc: 'Keep worker n on the n-th processor that the process may use. Default: the kernel decides.',
  },
  {
    name: 'log-level',
    value: '<level>',
    doc: 'debug, info, warn or error. Info is always shown. Default: error for scripts, else warn.',
  },
  {
    name: 'log-format',
    value: '<format>',
    doc: 'text, or json for an object on each line. Default: text.',
  },
  {
    name: 'admin',
    value: '<address>',
    doc: 'Serve the admin API at port, host:port or [ipv6]:port; a port alone is on 127.0.0.1.',
  },
  {
    name: 'admin-token-file',
    value: '<path>',
    doc: 'File with the token of the admin API, made if it is missing. Default: a new one each start.',
  },
]

/** Reads `RUN_OPTIONS` and the `workers` option; `defaults` stand for what is not given. */
export function readRunOptions(
  options: ParsedOptions,
  defaults: Partial<RunOptions> & { workers: number },
): RunOptions {
  const workers = options.value('workers')
  const drainTimeout = options.value('drain-timeout')
  const memory = options.value('worker-memory')
  const hangTimeout = options.value('hang-timeout')
  const logLevel = options.value('log-level')
  const admin = readAdminOptions(options) ?? defaults.admin
  return {
    workers:
      workers === undefined ? defaults.workers : parseInteger('workers', workers, 1, MAX_WORKERS),
    drainTimeoutMs:
      drainTimeout === undefined
        ? (defaults.drainTimeoutMs ?? milliseconds(PROCESS_DEFAULTS.drainTimeout))
        : parseDuration('drain-timeout', drainTimeout),
    logLevel: logLevel === undefined ? (defaults.logLevel ?? 'error') : parseLogLevel(logLevel),
    hangTimeoutMs:
      hangTimeout === undefined
        ? (defaults.hangTimeoutMs ?? milliseconds(PROCESS_DEFAULTS.hangTimeout))
        : parseDuration('hang-timeout', hangTimeout),
    pinsCpus: options.isSet('pin-cpus') || defaults.pinsCpus === true,
    admin,
    logFormat: parseChoice(
      'log-format',
      options.value('log-format') ?? defaults.logFormat ?? PROCESS_DEFAULTS.logFormat,
      LOG_FORMATS,
    ),
    hasMetrics: admin !== undefined,
    workerMemoryMb:
      memory === undefined
        ? (defaults.workerMemoryMb ?? PROCESS_DEFAULTS.workerMemory)
        : parseInteger('worker-memory', memory, 16, 65_536),
  }
}

function readAdminOptions(options: ParsedOptions): AdminOptions | undefined {
  const address = options.value('admin')
  const tokenFile = options.value('admin-token-file')
  if (address === undefined) {
    if (tokenFile === undefined) return undefined
    throw new UsageError('--admin-token-file needs --admin <address>')
  }
  return adminOptions(address, tokenFile)
}

/** Where to serve the admin API, from options or a config; throws `UsageError`. */
export function adminOptions(address: string, tokenFile: string | undefined): AdminOptions {
  const { host, port, path } = parseAddress(address, '--admin', '127.0.0.1')
  if (path !== undefined)
    throw new UsageError(`--admin ${address}: want [host:]port or [ipv6]:port`)
  return { host, port, tokenFile: tokenFile === undefined ? undefined : resolve(tokenFile) }
}

function parseLogLevel(text: string): LogLevel {
  const level = LOG_LEVELS.find((one) => one === text)
  if (level === undefined) throw new UsageError(`unknown log level: ${text}`)
  return level
}
