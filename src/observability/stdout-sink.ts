import { writeSync } from 'node:fs'
import { formatLogLine } from './log-line.ts'
import type { LogEntry } from './logger.ts'

/** Writes entries to stdout in one go. A closed or full stdout loses lines, never the process. */
export function writeLogToStdout(entries: LogEntry[]): void {
  let text = ''
  for (const entry of entries) {
    text += formatLogLine(entry)
    if (entry.level !== undefined || !text.endsWith('\n')) text += '\n'
  }
  const bytes = Buffer.from(text)
  try {
    // Synchronous, so that nothing is lost when the process exits right after.
    for (let at = 0; at < bytes.length; ) at += writeSync(1, bytes, at)
  } catch {
    // EAGAIN, EPIPE, EIO: nobody reads, and there is nowhere to say so.
  }
}
