import { isIPv6 } from 'node:net'
import type { Address } from './spec.ts'

/** A text that is no address; the message says what is wrong with it. */
export class AddressError extends Error {}

/** sun_path is 108 bytes with its final zero. */
const MAX_SOCKET_PATH_BYTES = 107

/**
 * Parses `8080`, `:8080`, `host:8080`, `[::1]:8080` or `unix:/path`; throws `AddressError`.
 * `defaultHost` stands for a host that is left out, and for `*`.
 */
export function parseAddress(text: string, defaultHost: string): Address {
  if (text.startsWith('unix:')) return parseSocketPath(text)
  const bracketed = /^\[([^\]]*)\]:(\d+)$/.exec(text)
  if (bracketed !== null) {
    const [, host = '', port = ''] = bracketed
    if (!isIPv6(host)) throw new AddressError(`not an IPv6 address: ${host}`)
    return { host, port: parsePort(port) }
  }
  const [, host = '', port] = /^(?:([^:[\]\s/]*):)?(\d+)$/.exec(text) ?? []
  if (port === undefined) throw new AddressError('want [host:]port, [ipv6]:port or unix:/path')
  return { host: host === '' || host === '*' ? defaultHost : host, port: parsePort(port) }
}

/** The same for an address to connect to, which needs a port. */
export function parseTargetAddress(text: string): Address {
  const address = parseAddress(text, '127.0.0.1')
  if (address.path === undefined && address.port === 0)
    throw new AddressError('port must be 1 to 65535')
  return address
}

function parseSocketPath(text: string): Address {
  const path = text.slice('unix:'.length)
  if (!path.startsWith('/')) throw new AddressError('the path must be absolute')
  if (Buffer.byteLength(path) > MAX_SOCKET_PATH_BYTES)
    throw new AddressError(`longer than ${MAX_SOCKET_PATH_BYTES} bytes`)
  return { host: '', port: 0, path }
}

function parsePort(digits: string): number {
  const port = Number(digits)
  if (port > 65535) throw new AddressError('port must be at most 65535')
  return port
}
