import type { LogEntry, LogLevel } from './logger.ts'

const LEVEL_NAMES: Readonly<Record<LogLevel, string>> = {
  debug: 'debug',
  info: 'info',
  warn: 'warning',
  error: 'error',
}

let lastSecond = -1
let lastTime = ''

/** Formats an entry as `YYYY-MM-DD HH:MM:SS [level] message` in local time, without line end. */
export function formatLogLine({ time, level, message }: LogEntry): string {
  if (level === undefined) return message
  return `${formatTime(time)} [${LEVEL_NAMES[level]}] ${message}`
}

/**
 * Formats an entry as an object on one line, for programs. Raw text, which scripts print, is a
 * message without a level.
 */
export function formatLogJson({ time, level, message }: LogEntry): string {
  const text = message.replace(/\n$/, '')
  return JSON.stringify({ time: new Date(time).toISOString(), level, message: text })
}

/** A time in milliseconds as `YYYY-MM-DD HH:MM:SS`, local. */
export function formatTime(time: number): string {
  const second = Math.floor(time / 1000)
  if (second === lastSecond) return lastTime
  const date = new Date(time)
  const day = `${date.getFullYear()}-${pad(date.getMonth() + 1)}-${pad(date.getDate())}`
  lastTime = `${day} ${pad(date.getHours())}:${pad(date.getMinutes())}:${pad(date.getSeconds())}`
  lastSecond = second
  return lastTime
}

function pad(value: number): string {
  return value < 10 ? `0${value}` : String(value)
}
