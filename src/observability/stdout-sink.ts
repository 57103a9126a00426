import { writeSync } from 'node:fs'
import { formatLogJson, formatLogLine } from './log-line.ts'
import type { LogEntry } from './logger.ts'

/** How the log of the process is written: for people, or as JSON objects for programs. */
export type LogFormatName = 'text' | 'json'

export const LOG_FORMATS: readonly LogFormatName[] = ['text', 'json']

/** Makes what writes entries to stdout in a format. */
export function stdoutSink(format: LogFormatName): (entries: LogEntry[]) => void {
  const render = format === 'json' ? renderJson : renderText
  return (entries) => write(render(entries))
}

function renderJson(entries: readonly LogEntry[]): string {
  return entries.map((entry) => `${formatLogJson(entry)}\n`).join('')
}

function renderText(entries: readonly LogEntry[]): string {
  let text = ''
  for (const entry of entries) {
    text += formatLogLine(entry)
    if (entry.level !== undefined || !text.endsWith('\n')) text += '\n'
  }
  return text
}

/** All in one go. A closed or full stdout loses lines, never the process. */
function write(text: string): void {
  const bytes = Buffer.from(text)
  try {
    // Synchronous, so that nothing is lost when the process exits right after.
    for (let at = 0; at < bytes.length; ) at += writeSync(1, bytes, at)
  } catch {
    // EAGAIN, EPIPE, EIO: nobody reads, and there is nowhere to say so.
  }
}
