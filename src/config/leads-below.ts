import { realpathSync } from 'node:fs'
import { dirname, relative, sep } from 'node:path'

/**
 * Whether an absolute path leads below a folder, whose own path has no links. Of what is not there,
 * the folder counts in which it would be.
 */
export function leadsBelow(root: string, path: string): boolean {
  for (let at = path; ; at = dirname(at)) {
    try {
      const way = relative(root, realpathSync(at))
      return way !== '..' && !way.startsWith(`..${sep}`)
    } catch {
      if (at === dirname(at)) return false
    }
  }
}
