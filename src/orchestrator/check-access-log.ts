import type { AccessLogSpec } from '../engine/request-observer.ts'
import { tryLineFile } from '../observability/access-log/open-line-file.ts'
import type { ProgramSpec } from '../program/spec.ts'
import { StartError } from './start-error.ts'

const REASONS: Readonly<Record<string, string>> = {
  EBADF: 'no such descriptor is open for writing',
  EACCES: 'permission denied',
  EISDIR: 'it is a directory',
  ENOENT: 'no such directory',
  ENXIO: 'it is a pipe that nobody reads, or a socket',
}

/** Throws a `StartError` when an access log of a program cannot be written to. */
export function checkAccessLog(spec: ProgramSpec): void {
  for (const { path } of logsOf(spec)) checkFile(path)
}

function logsOf(spec: ProgramSpec): readonly AccessLogSpec[] {
  if (spec.kind === 'script') return spec.records?.logs ?? []
  return spec.accessLog === undefined ? [] : [spec.accessLog]
}

function checkFile(path: string): void {
  try {
    tryLineFile(path)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : String(error)
    throw new StartError(`cannot write the access log ${path}: ${REASONS[code] ?? code}`)
  }
}
