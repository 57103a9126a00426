/** Folders whose names begin with a dot are not for everybody, but for this one (RFC 8615). */
const WELL_KNOWN = '.well-known'

/**
 * The segments of a file path for the path of a request, which `RequestView` has normalised; null
 * for what no file may be served for: an encoded slash, which a route would have taken for a part
 * of a name, control characters, a `..` in any spelling, and names that begin with a dot.
 */
export function filePath(path: string): string[] | null {
  const segments: string[] = []
  for (const part of path.split('/')) {
    if (part === '') continue
    const name = decode(part)
    if (name === null || !isServed(name)) return null
    segments.push(name)
  }
  return segments
}

function isServed(name: string): boolean {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it refuses
  if (/[\x00-\x1f\x7f/\\]/.test(name)) return false
  return !name.startsWith('.') || name === WELL_KNOWN
}

function decode(part: string): string | null {
  if (!part.includes('%')) return part
  try {
    return decodeURIComponent(part)
  } catch {
    // A malformed escape.
    return null
  }
}
