import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseEndpoint, parseListen } from '../../../src/cli/parse-address.ts'
import { UsageError } from '../../../src/cli/usage-error.ts'
import { formatAddress } from '../../../src/program/format-address.ts'

const LISTENS: readonly [text: string, host: string, port: number][] = [
  ['8080', '0.0.0.0', 8080],
  [':8080', '0.0.0.0', 8080],
  ['*:8080', '0.0.0.0', 8080],
  ['0', '0.0.0.0', 0],
  ['127.0.0.1:80', '127.0.0.1', 80],
  ['localhost:80', 'localhost', 80],
  ['[::1]:8080', '::1', 8080],
  ['[::]:65535', '::', 65535],
]

for (const [text, host, port] of LISTENS) {
  test(`listens on ${text}`, () => assert.deepEqual(parseListen(text), { host, port }))
}

test('takes Unix sockets', () => {
  assert.deepEqual(parseListen('unix:/run/a.sock'), { host: '', port: 0, path: '/run/a.sock' })
})

test('takes weights of endpoints', () => {
  assert.deepEqual(parseEndpoint('a:1'), { host: 'a', port: 1, weight: 1 })
  assert.deepEqual(parseEndpoint('a:1=3'), { host: 'a', port: 1, weight: 3 })
  assert.deepEqual(parseEndpoint('[::1]:1=256'), { host: '::1', port: 1, weight: 256 })
  assert.deepEqual(parseEndpoint('unix:/a=b=2'), { host: '', port: 0, path: '/a=b', weight: 2 })
  assert.deepEqual(parseEndpoint('9001'), { host: '127.0.0.1', port: 9001, weight: 1 })
})

test('writes addresses as it reads them', () => {
  for (const text of ['127.0.0.1:80', '[::1]:8080', 'unix:/run/a.sock'])
    assert.equal(formatAddress(parseListen(text)), text)
})

for (const text of ['', 'a', 'a:', 'a:b', '65536', '::1:80', '[::g]:1', '[::1]', 'unix:a', '-1'])
  test(`refuses to listen on '${text}'`, () => assert.throws(() => parseListen(text), UsageError))

for (const text of ['a:1=0', 'a:1=257', 'a:1=', 'a:0', 'a', `unix:/${'a'.repeat(107)}`])
  test(`refuses the endpoint ${text}`, () => assert.throws(() => parseEndpoint(text), UsageError))
