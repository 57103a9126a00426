/** Takes one line of a script's output, without its line end. */
export type ConsoleWriter = (level: 'debug' | 'info' | 'warn' | 'error', line: string) => void

/** The `console` that scripts see. */
export interface ScriptConsole {
  log(...values: unknown[]): void
  debug(...values: unknown[]): void
  info(...values: unknown[]): void
  warn(...values: unknown[]): void
  error(...values: unknown[]): void
}

/**
 * Makes a console that joins the string forms of its arguments with spaces and hands on each line
 * with the prefix by which script output is told apart.
 */
export function createConsole(write: ConsoleWriter): ScriptConsole {
  const writer =
    (level: Parameters<ConsoleWriter>[0]) =>
    (...values: unknown[]): void => {
      for (const line of values.map(textOf).join(' ').split('\n')) write(level, `[pjs] ${line}`)
    }
  return {
    log: writer('info'),
    debug: writer('debug'),
    info: writer('info'),
    warn: writer('warn'),
    error: writer('error'),
  }
}

function textOf(value: unknown): string {
  try {
    return String(value)
  } catch {
    // An object without a usable toString().
    return '[object Object]'
  }
}
