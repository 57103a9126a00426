import { isIP } from 'node:net'
import type { InboundInfo } from '../../engine/context.ts'
import { unmapIpv4 } from '../../native/unmap-ipv4.ts'

/** Versions of the PROXY protocol, by the names of options. */
export const PROXY_VERSIONS = ['v1', 'v2'] as const
export type ProxyVersion = (typeof PROXY_VERSIONS)[number]

/** Both ends of a client's connection. */
export type ProxiedClient = Pick<
  InboundInfo,
  'remoteAddress' | 'remotePort' | 'localAddress' | 'localPort'
>

const SIGNATURE = '\r\n\r\n\0\r\nQUIT\n'
const LOCAL = '\x20'
const PROXY = '\x21'
const UNSPECIFIED = '\0'
const TCP4 = '\x11'
const TCP6 = '\x21'

/**
 * What a connection to an endpoint begins with, as Latin-1 text: a PROXY header that tells of a
 * client. Without one, it says that the connection is our own.
 */
export function proxyHeader(version: ProxyVersion, client: ProxiedClient | null): string {
  if (client === null) return version === 'v1' ? unknownLine() : binary(LOCAL, UNSPECIFIED, '')
  const source = unmapIpv4(client.remoteAddress)
  const destination = unmapIpv4(client.localAddress)
  const family = isIP(source)
  // Unix sockets have paths or nothing, which mean nothing elsewhere.
  if (family === 0 || family !== isIP(destination)) {
    return version === 'v1' ? unknownLine() : binary(PROXY, UNSPECIFIED, '')
  }
  const { remotePort, localPort } = client
  if (version === 'v1') {
    return `PROXY TCP${family} ${source} ${destination} ${remotePort} ${localPort}\r\n`
  }
  const bytesOf = family === 4 ? ipv4Bytes : ipv6Bytes
  return binary(
    PROXY,
    family === 4 ? TCP4 : TCP6,
    bytesOf(source) + bytesOf(destination) + twoBytes(remotePort) + twoBytes(localPort),
  )
}

function unknownLine(): string {
  return 'PROXY UNKNOWN\r\n'
}

function binary(command: string, family: string, addresses: string): string {
  return SIGNATURE + command + family + twoBytes(addresses.length) + addresses
}

function twoBytes(value: number): string {
  return String.fromCharCode(value >> 8, value & 0xff)
}

function ipv4Bytes(address: string): string {
  return String.fromCharCode(...address.split('.').map(Number))
}

/** The addresses are as inet_ntop writes them: perhaps with `::`, perhaps with an IPv4 tail. */
function ipv6Bytes(address: string): string {
  const [left = '', right] = address.split('::')
  const first = groupBytes(left)
  const last = groupBytes(right ?? '')
  return first + '\0'.repeat(16 - first.length - last.length) + last
}

function groupBytes(text: string): string {
  if (text === '') return ''
  return text
    .split(':')
    .map((group) => (group.includes('.') ? ipv4Bytes(group) : twoBytes(Number.parseInt(group, 16))))
    .join('')
}
