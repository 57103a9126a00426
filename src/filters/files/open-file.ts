import { constants, type Stats } from 'node:fs'
import { type FileHandle, open, readlink, realpath } from 'node:fs/promises'

/** A file or folder that is open. */
export interface OpenFile {
  readonly handle: FileHandle
  readonly stats: Stats
}

/** A pipe without a writer must not hold the thread. */
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY

/** Errors that mean no more than that there is nothing to serve. */
const ABSENT = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'ENAMETOOLONG', 'EACCES', 'EPERM', 'ENXIO'])

/**
 * Opens a file or folder, and looks where the kernel has found it: null if that is not below
 * `root`, whatever symbolic links there are on the way, or if there is nothing. Throws what the
 * system says when it is out of something.
 */
export async function openBelow(root: string, path: string): Promise<OpenFile | null> {
  let handle: FileHandle | undefined
  try {
    handle = await open(path, FLAGS)
    const [realRoot, place, stats] = await Promise.all([
      realpath(root),
      readlink(`/proc/self/fd/${handle.fd}`),
      handle.stat(),
    ])
    const isBelow = realRoot === '/' || place === realRoot || place.startsWith(`${realRoot}/`)
    if (isBelow && (stats.isFile() || stats.isDirectory())) {
      const found = { handle, stats }
      handle = undefined
      return found
    }
    return null
  } catch (error) {
    if (ABSENT.has((error as NodeJS.ErrnoException).code ?? '')) return null
    throw error
  } finally {
    await handle?.close()
  }
}
