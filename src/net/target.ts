import { isIP } from 'node:net'

/** Where to connect to: an IP address or name with a port, or a Unix socket. */
export interface Target {
  host: string
  port: number
  /** Path of a Unix socket, '' for TCP. */
  path: string
  /** The host is an IP address, so that nothing needs to be looked up. */
  isAddress: boolean
}

/** Reads `host:port`, `[v6]:port` or `unix:/path`; `null` if it is none of them. */
export function parseTarget(text: string): Target | null {
  if (text.startsWith('unix:')) {
    return { host: '', port: 0, path: text.slice(5), isAddress: true }
  }
  const colon = text.lastIndexOf(':')
  if (colon < 0) return null
  const digits = text.slice(colon + 1)
  const port = Number(digits)
  if (!/^\d{1,5}$/.test(digits) || port < 1 || port > 65535) return null
  let host = text.slice(0, colon)
  if (host.startsWith('[') && host.endsWith(']')) host = host.slice(1, -1)
  return { host, port, path: '', isAddress: isIP(host) !== 0 }
}
