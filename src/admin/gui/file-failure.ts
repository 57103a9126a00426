import { cut } from '../cut.ts'
import { HttpError } from '../http-server.ts'

type Reason = readonly [status: number, word: string, why: string]

const NOT_ALLOWED = 'this process has no permission for it or its folder'

/** Why nothing could be done with a file, by the code of the error. */
const REASONS: Readonly<Record<string, Reason>> = {
  ENOENT: [404, 'not_found', 'it is not there'],
  ENOTDIR: [404, 'not_found', 'a part of its path is a file, and files have no files in them'],
  EISDIR: [404, 'not_found', 'it is a folder'],
  ENXIO: [404, 'not_found', 'it is no regular file'],
  ELOOP: [404, 'not_found', 'it has become a symbolic link'],
  EACCES: [403, 'not_allowed', NOT_ALLOWED],
  EPERM: [403, 'not_allowed', NOT_ALLOWED],
  EROFS: [403, 'not_allowed', 'its file system is read-only'],
  EEXIST: [409, 'exists', 'it is already there'],
  ENOTEMPTY: [409, 'not_empty', 'it is not empty'],
  EBUSY: [409, 'in_use', 'it is a mount point; mount its folder instead'],
  EXDEV: [409, 'not_moved', 'the folders lie on different file systems'],
  EINVAL: [409, 'not_moved', 'a folder cannot lie in itself'],
  ENAMETOOLONG: [400, 'too_long', 'its name is too long for its file system'],
  EFBIG: [413, 'too_large', 'it is larger than its file system allows'],
  ENOSPC: [507, 'disk_full', 'the disk is full'],
  EDQUOT: [507, 'disk_full', 'the quota on the disk is used up'],
  EMFILE: [503, 'out_of_files', 'too many files are open'],
  ENFILE: [503, 'out_of_files', 'too many files are open'],
}
/** The reason stands behind the path, and has to be read. */
const MAX_PATH_CHARACTERS = 200

/**
 * Tells the client why something could not be done to a file, which it knows by this path. Messages
 * of Node name the path on this machine.
 */
export function explainFailure(action: string, path: string, error: unknown): HttpError {
  if (error instanceof HttpError) return error
  const { code = 'unknown error' } = error as NodeJS.ErrnoException
  const [status, word, why] = REASONS[code] ?? [500, 'failed', `the system answers ${code}`]
  return new HttpError(status, word, `cannot ${action} ${cut(path, MAX_PATH_CHARACTERS)}: ${why}`)
}
