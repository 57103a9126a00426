import { isIPv6 } from 'node:net'
import type { Address, EndpointSpec, ListenSpec } from '../program/spec.ts'
import { UsageError } from './usage-error.ts'

/** Parses `8080`, `:8080`, `host:8080`, `[::1]:8080` or `unix:/path`, the value of `--listen`. */
export function parseListen(text: string): ListenSpec {
  return parseAddress(text, '--listen', '0.0.0.0')
}

/** Parses an address with an optional `=weight`, the value of `--to`. */
export function parseEndpoint(text: string): EndpointSpec {
  const [, address = text, weightText] = /^(.+)=(\d*)$/.exec(text) ?? []
  const weight = weightText === undefined ? 1 : Number(weightText)
  if (weight < 1 || weight > MAX_WEIGHT)
    throw new UsageError(`--to ${text}: weight must be 1 to ${MAX_WEIGHT}`)
  const endpoint = parseAddress(address, '--to', '127.0.0.1')
  if (endpoint.path === undefined && endpoint.port === 0)
    throw new UsageError(`--to ${text}: port must be 1 to 65535`)
  return { ...endpoint, weight }
}

const MAX_WEIGHT = 256

/** sun_path is 108 bytes with its final zero. */
const MAX_SOCKET_PATH_BYTES = 107

/** Parses an address, the value of `option`; one without a host gets `defaultHost`. */
export function parseAddress(text: string, option: string, defaultHost: string): Address {
  if (text.startsWith('unix:')) return parseSocketPath(text, option)
  const bracketed = /^\[([^\]]*)\]:(\d+)$/.exec(text)
  if (bracketed !== null) {
    const [, host = '', port = ''] = bracketed
    if (!isIPv6(host)) throw new UsageError(`${option} ${text}: not an IPv6 address: ${host}`)
    return { host, port: parsePort(port, option, text) }
  }
  const [, host = '', port] = /^(?:([^:[\]\s/]*):)?(\d+)$/.exec(text) ?? []
  if (port === undefined)
    throw new UsageError(`${option} ${text}: want [host:]port, [ipv6]:port or unix:/path`)
  return {
    host: host === '' || host === '*' ? defaultHost : host,
    port: parsePort(port, option, text),
  }
}

function parseSocketPath(text: string, option: string): Address {
  const path = text.slice('unix:'.length)
  if (!path.startsWith('/')) throw new UsageError(`${option} ${text}: the path must be absolute`)
  if (Buffer.byteLength(path) > MAX_SOCKET_PATH_BYTES)
    throw new UsageError(`${option} ${text}: longer than ${MAX_SOCKET_PATH_BYTES} bytes`)
  return { host: '', port: 0, path }
}

function parsePort(digits: string, option: string, text: string): number {
  const port = Number(digits)
  if (port > 65535) throw new UsageError(`${option} ${text}: port must be at most 65535`)
  return port
}
