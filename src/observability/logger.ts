/**
 * The log of one thread. A worker's goes to the orchestrator in messages, the orchestrator's to
 * stdout; both through the sink that `configureLogger` sets.
 */
export type LogLevel = 'debug' | 'warn' | 'error' | 'info'

export interface LogEntry {
  /** Milliseconds since the epoch. */
  time: number
  /** Undefined for a raw line, which is printed as it is. */
  level: LogLevel | undefined
  message: string
}

export interface LoggerOptions {
  /** Entries below are dropped at once. */
  level: LogLevel
  /** Takes what was logged since its last call. */
  sink: (entries: LogEntry[]) => void
}

export interface Logger {
  debug(message: string): void
  info(message: string): void
  warn(message: string): void
  error(message: string): void
  /** Logs text without time and level, whatever the level is; the `print` filter does. */
  raw(text: string): void
  /** Logs information that only the sink is told, and no observer. */
  secret(message: string): void
  /** Adds entries of another thread. */
  append(entries: readonly LogEntry[]): void
  /** Hands waiting entries to the sink now; otherwise it happens when the thread comes to rest. */
  flush(): void
}

/** The order that scripts know: `info` is highest, so that it is shown at every level. */
export const LOG_LEVELS: readonly LogLevel[] = ['debug', 'warn', 'error', 'info']

/** Bounds what one message can cost; more than any stack trace or request head needs. */
const MAX_MESSAGE_LENGTH = 8192

let threshold = LOG_LEVELS.indexOf('error')
let sink: LoggerOptions['sink'] = () => {}
let waiting: LogEntry[] = []
const observers = new Set<(entries: readonly LogEntry[]) => void>()

export const logger: Logger = {
  debug: (message) => log('debug', message),
  info: (message) => log('info', message),
  warn: (message) => log('warn', message),
  error: (message) => log('error', message),
  raw: (message) => add({ time: Date.now(), level: undefined, message }),
  secret: (message) => {
    flush()
    sink([{ time: Date.now(), level: 'info', message }])
  },
  append: (entries) => {
    for (const entry of entries) add(entry)
  },
  flush,
}

/** Has `observer` told of all entries from now on, beside the sink; call the result to stop that. */
export function observeLog(observer: (entries: readonly LogEntry[]) => void): () => void {
  observers.add(observer)
  return () => observers.delete(observer)
}

export function configureLogger(options: LoggerOptions): void {
  threshold = LOG_LEVELS.indexOf(options.level)
  sink = options.sink
}

function log(level: LogLevel, message: string): void {
  if (LOG_LEVELS.indexOf(level) < threshold) return
  const isLong = message.length > MAX_MESSAGE_LENGTH
  const text = isLong ? `${message.slice(0, MAX_MESSAGE_LENGTH)}...` : message
  add({ time: Date.now(), level, message: text })
}

function add(entry: LogEntry): void {
  waiting.push(entry)
  if (waiting.length === 1) setImmediate(flush)
}

function flush(): void {
  if (waiting.length === 0) return
  const entries = waiting
  waiting = []
  sink(entries)
  for (const observe of observers) observe(entries)
}
