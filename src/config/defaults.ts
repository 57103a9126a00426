import { formatDuration } from './duration.ts'

/**
 * What a config means where it says nothing. The schema shows these values and the command line
 * uses them, so that both agree.
 */
export const DEFAULTS = {
  protocol: 'http',
  balance: 'round-robin',
  weight: 1,
  verify: true,
  mirrorPercent: 100,
  redirectStatus: 302,
  respondStatus: 200,
  index: 'index.html',
  xForwarded: 'add',
  /** Limits that suit most services; nginx and HAProxy guides recommend the same orders. */
  connectTimeout: '5s',
  responseTimeout: '60s',
  idleTimeout: '60s',
  accessLogFormat: 'combined',
  accessLogSample: 1,
  /** As the samplers of OpenTelemetry, which record everything unless told otherwise. */
  traceSample: 1,
  traceService: 'sluice',
} as const

const DEFAULT_WORKER_MEMORY_MB = 1024
/** Far longer than any pause that a loaded machine or a large heap causes. */
const DEFAULT_HANG_TIMEOUT_MS = 10_000

/** The same for the process; workers are as many as there are processors. */
export const PROCESS_DEFAULTS = {
  drainTimeout: '30s',
  hangTimeout: formatDuration(DEFAULT_HANG_TIMEOUT_MS),
  workerMemory: DEFAULT_WORKER_MEMORY_MB,
  pinCpus: false,
  logFormat: 'text',
  /** Who runs no script of theirs has nothing else that tells of an upstream's bad certificate, say. */
  logLevel: 'warn',
} as const
