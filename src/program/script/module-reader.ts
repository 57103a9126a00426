import { readFileSync, realpathSync } from 'node:fs'
import { join, sep } from 'node:path'

/** Returns the text of a module by its path from the root; undefined if there is no such file. */
export type ModuleReader = (path: string) => string | undefined

/**
 * Reads modules below a directory. A file that lies elsewhere, because a symbolic link leads there,
 * does not exist for it; `entry`, which the operator named, may be a link to anywhere.
 */
export function moduleReader(root: string, entry: string): ModuleReader {
  return (path) => {
    try {
      const file = realpathSync(join(root, path))
      if (path !== entry && !file.startsWith(withSeparator(realpathSync(root)))) return undefined
      return readFileSync(file, 'utf8')
    } catch (error) {
      if (isAbsent(error)) return undefined
      throw error
    }
  }
}

function withSeparator(directory: string): string {
  return directory.endsWith(sep) ? directory : directory + sep
}

function isAbsent(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : ''
  return code === 'ENOENT' || code === 'ENOTDIR' || code === 'EISDIR' || code === 'EACCES'
}
