import { closeSync } from 'node:fs'
import { openLineFile } from '../observability/access-log/line-file.ts'
import type { ProgramSpec } from '../program/spec.ts'
import { StartError } from './start-error.ts'

const REASONS: Readonly<Record<string, string>> = {
  EACCES: 'permission denied',
  EISDIR: 'it is a directory',
  ENOENT: 'no such directory',
  ENXIO: 'it is a pipe that nobody reads, or a socket',
}

/** Throws a `StartError` when the access log of a program cannot be written to. */
export function checkAccessLog(spec: ProgramSpec): void {
  if (spec.kind !== 'lb' || spec.accessLog === undefined) return
  const { path } = spec.accessLog
  try {
    closeSync(openLineFile(path))
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    throw new StartError(`cannot write the access log ${path}: ${REASONS[code] ?? code}`)
  }
}
