/**
 * Turns the path of a request, or a script's own path, into a file path below a root: without query,
 * percent-decoded, no leading slash. Null when a segment is `..`, whatever it would lead to, so that a
 * request cannot leave the directory that a script puts before its path; null as well for what no
 * file name contains.
 */
export function requestPath(path: string): string | null {
  let decoded: string
  try {
    decoded = decodeURIComponent(path.replace(/[?#].*$/s, ''))
  } catch {
    // A malformed escape.
    return null
  }
  if (/[\0\\]/.test(decoded)) return null
  const segments = decoded.split('/').filter((segment) => segment !== '' && segment !== '.')
  return segments.includes('..') ? null : segments.join('/')
}
