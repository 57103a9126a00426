import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { hostOfTarget, parseTarget } from '../../../src/net/target.ts'

describe('parseTarget', () => {
  const good: [text: string, host: string, port: number, path: string, address: string | null][] = [
    ['127.0.0.1:80', '127.0.0.1', 80, '', '127.0.0.1'],
    ['example.com:65535', 'example.com', 65535, '', null],
    ['[::1]:8080', '::1', 8080, '', '::1'],
    ['::1:8080', '::1', 8080, '', '::1'],
    ['unix:/tmp/a.sock', '', 0, '/tmp/a.sock', ''],
    [':80', '', 80, '', null],
    ['unix:/tmp/a@b.sock', '', 0, '/tmp/a@b.sock', ''],
    ['api.test:80@10.0.0.1', 'api.test', 80, '', '10.0.0.1'],
    ['api.test:80@2001:db8::1', 'api.test', 80, '', '2001:db8::1'],
  ]
  for (const [text, host, port, path, address] of good) {
    test(text, () => assert.deepEqual(parseTarget(text), { host, port, path, address }))
  }
  const bad = ['host:80@', 'host:80@name', '10.0.0.1:80@10.0.0.2', '@10.0.0.1']
  for (const text of [
    ...bad,
    '',
    'host',
    'host:',
    'host:0',
    'host:65536',
    'host:123456',
    'host:8x',
  ]) {
    test(`${JSON.stringify(text)} is none`, () => assert.equal(parseTarget(text), null))
  }
})

describe('hostOfTarget', () => {
  const table: [target: string, host: string][] = [
    ['a.test:80', 'a.test:80'],
    ['127.0.0.1:8080', '127.0.0.1:8080'],
    ['[::1]:8080', '[::1]:8080'],
    ['::1:8080', '[::1]:8080'],
    ['a.test:80@10.0.0.1', 'a.test:80'],
    ['unix:/run/a.sock', 'localhost'],
    ['', ''],
    ['a.test', ''],
  ]
  for (const [target, host] of table) {
    test(`${target} -> ${host}`, () => assert.equal(hostOfTarget(target), host))
  }
})
