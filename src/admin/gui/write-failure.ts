import { HttpError } from '../http-server.ts'

/** Why a file could not be written, by the code of the error. */
const REASONS: Readonly<Record<string, readonly [status: number, word: string, why: string]>> = {
  EACCES: [403, 'not_allowed', 'this process may not write it or its folder'],
  EPERM: [403, 'not_allowed', 'this process may not write it or its folder'],
  EROFS: [403, 'not_allowed', 'its file system is read-only'],
  EBUSY: [409, 'in_use', 'it is a mount point; mount its folder instead'],
  ENAMETOOLONG: [400, 'too_long', 'its name is too long'],
  ENOSPC: [507, 'disk_full', 'the disk is full'],
  EDQUOT: [507, 'disk_full', 'the quota on the disk is used up'],
}

/** Tells the client why a file could not be written. */
export function explainWriteFailure(path: string, error: NodeJS.ErrnoException): HttpError {
  const [status, word, why] = REASONS[error.code ?? ''] ?? [500, 'not_written', error.message]
  return new HttpError(status, word, `cannot write ${path}: ${why}`)
}
