import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { parseTarget } from '../../../src/net/target.ts'

describe('parseTarget', () => {
  const good: [text: string, host: string, port: number, path: string, isAddress: boolean][] = [
    ['127.0.0.1:80', '127.0.0.1', 80, '', true],
    ['example.com:65535', 'example.com', 65535, '', false],
    ['[::1]:8080', '::1', 8080, '', true],
    ['::1:8080', '::1', 8080, '', true],
    ['unix:/tmp/a.sock', '', 0, '/tmp/a.sock', true],
    [':80', '', 80, '', false],
  ]
  for (const [text, host, port, path, isAddress] of good) {
    test(text, () => assert.deepEqual(parseTarget(text), { host, port, path, isAddress }))
  }
  for (const text of ['', 'host', 'host:', 'host:0', 'host:65536', 'host:123456', 'host:8x']) {
    test(`${JSON.stringify(text)} is none`, () => assert.equal(parseTarget(text), null))
  }
})
