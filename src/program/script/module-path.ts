/**
 * Resolves a module name as scripts write it to the path that identifies the module: slashes
 * between segments and one before the first. Names are relative to the program's root, whichever
 * module they stand in. Returns null for a name that is empty or leaves the root.
 */
export function modulePath(name: string): string | null {
  const segments: string[] = []
  for (const segment of name.split('/')) {
    if (segment === '' || segment === '.') continue
    if (segment.includes('\0') || segment.includes('\\')) return null
    if (segment !== '..') segments.push(segment)
    else if (segments.pop() === undefined) return null
  }
  return segments.length === 0 ? null : `/${segments.join('/')}`
}
