/** Whether a path might be written otherwise than it will be understood. */
const SUSPICIOUS = /%|\/\.|\/\//

/** RFC 3986 §2.3: characters whose escapes mean the same as themselves. */
const UNRESERVED = /^[A-Za-z0-9\-._~]$/

/**
 * The path by which routes are chosen, so that none can be slipped past by another spelling: escapes
 * of unreserved characters are decoded, other escapes in upper case (RFC 3986 §6.2.2), dot segments
 * removed (§5.2.4) and empty segments merged, as most servers do. What is forwarded stays as it was.
 */
export function normalisePath(path: string): string {
  if (path === '') return '/'
  if (!SUSPICIOUS.test(path)) return path
  const decoded = path.replace(/%[0-9A-Fa-f]{2}/g, (triplet) => {
    const character = String.fromCharCode(Number.parseInt(triplet.slice(1), 16))
    return UNRESERVED.test(character) ? character : triplet.toUpperCase()
  })
  const segments: string[] = []
  const parts = decoded.split('/')
  for (const part of parts) {
    if (part === '..') segments.pop()
    else if (part !== '.' && part !== '') segments.push(part)
  }
  const last = parts[parts.length - 1]
  const isFolder = last === '' || last === '.' || last === '..'
  return `/${segments.join('/')}${isFolder && segments.length > 0 ? '/' : ''}`
}
