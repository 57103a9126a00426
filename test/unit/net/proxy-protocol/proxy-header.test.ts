import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  type ProxiedClient,
  type ProxyVersion,
  proxyHeader,
} from '../../../../src/net/proxy-protocol/proxy-header.ts'

const SIGNATURE = '0d0a0d0a000d0a515549540a'

function client(remoteAddress: string, localAddress: string): ProxiedClient {
  return { remoteAddress, remotePort: 1234, localAddress, localPort: 443 }
}

function hexOf(version: ProxyVersion, of: ProxiedClient | null): string {
  return Buffer.from(proxyHeader(version, of), 'latin1').toString('hex')
}

test('a line', () => {
  assert.equal(
    proxyHeader('v1', client('192.0.2.1', '198.51.100.7')),
    'PROXY TCP4 192.0.2.1 198.51.100.7 1234 443\r\n',
  )
  assert.equal(
    proxyHeader('v1', client('2001:db8::1', '::1')),
    'PROXY TCP6 2001:db8::1 ::1 1234 443\r\n',
  )
  assert.equal(
    proxyHeader('v1', client('::ffff:192.0.2.1', '::ffff:198.51.100.7')),
    'PROXY TCP4 192.0.2.1 198.51.100.7 1234 443\r\n',
  )
})

test('binary addresses', () => {
  assert.equal(
    hexOf('v2', client('192.0.2.1', '::ffff:198.51.100.7')),
    `${SIGNATURE}2111000cc0000201c633640704d201bb`,
  )
  for (const [text, hex] of [
    ['2001:db8::1', '20010db8000000000000000000000001'],
    ['1:2:3:4:5:6:7:8', '00010002000300040005000600070008'],
    ['::', '00000000000000000000000000000000'],
    ['fe80::', 'fe800000000000000000000000000000'],
    ['1::2:0:0:3', '00010000000000000002000000000003'],
  ] as const) {
    assert.equal(hexOf('v2', client(text, text)), `${SIGNATURE}21210024${hex}${hex}04d201bb`)
  }
})

test('nobody, and clients that have no IP address', () => {
  assert.equal(proxyHeader('v1', null), 'PROXY UNKNOWN\r\n')
  assert.equal(hexOf('v2', null), `${SIGNATURE}20000000`)
  for (const one of [
    client('', ''),
    client('/run/a.sock', '/run/b.sock'),
    client('::1', '1.1.1.1'),
  ]) {
    assert.equal(proxyHeader('v1', one), 'PROXY UNKNOWN\r\n')
    assert.equal(hexOf('v2', one), `${SIGNATURE}21000000`)
  }
})
