import { isIP, isIPv6 } from 'node:net'

/** Where to connect to: an IP address or name with a port, or a Unix socket. */
export interface Target {
  host: string
  port: number
  /** Path of a Unix socket, '' for TCP. */
  path: string
  /** The IP address; '' for a Unix socket, `null` if the host has to be looked up. */
  address: string | null
}

/**
 * Reads `host:port`, `[v6]:port`, `unix:/path` or `name:port@address`, which is a name with the one
 * of its addresses that is meant; `null` if it is none of them.
 */
export function parseTarget(text: string): Target | null {
  if (text.startsWith('unix:')) {
    return { host: '', port: 0, path: text.slice(5), address: '' }
  }
  const at = text.lastIndexOf('@')
  if (at >= 0) {
    const named = parseTarget(text.slice(0, at))
    const address = text.slice(at + 1)
    return named?.address === null && isIP(address) !== 0 ? { ...named, address } : null
  }
  const colon = text.lastIndexOf(':')
  if (colon < 0) return null
  const digits = text.slice(colon + 1)
  const port = Number(digits)
  if (!/^\d{1,5}$/.test(digits) || port < 1 || port > 65535) return null
  let host = text.slice(0, colon)
  if (host.startsWith('[') && host.endsWith(']')) host = host.slice(1, -1)
  return { host, port, path: '', address: isIP(host) === 0 ? null : host }
}

/** What a request to a target names as its host, unless it names another; empty if that is unknown. */
export function hostOfTarget(text: string): string {
  const target = parseTarget(text)
  if (target === null) return ''
  const { host, port, path } = target
  // A socket has no name, and servers refuse an empty one.
  if (path !== '') return 'localhost'
  return `${isIPv6(host) ? `[${host}]` : host}:${port}`
}
