import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { SpanRecord } from '../../../../src/observability/tracing/span-record.ts'
import {
  attributesOf,
  errorOf,
  methodOf,
} from '../../../../src/orchestrator/tracing/span-attributes.ts'

const RECORD: SpanRecord = {
  ...{ trace: '', span: '', parent: '', start: 0, scheme: 'https', pattern: '', client: '::1' },
  ...{ listener: 'web', route: '0', method: 'GET', target: '/', protocol: 'HTTP/1.1', host: 'a' },
  ...{ status: 200, bytes: 0, request_bytes: 0, duration_ms: 1, header_ms: null },
  ...{ connect_ms: null, upstream: '', endpoint: '', attempts: 0, id: '', user_agent: '' },
  end: 'ok',
}

test('what is not known is not told', () => {
  assert.deepEqual(attributesOf(RECORD), {
    'http.request.method': 'GET',
    'url.scheme': 'https',
    'url.path': '/',
    'http.response.status_code': 200,
    'server.address': 'a',
    'client.address': '::1',
    'network.protocol.version': '1.1',
    'sluice.listener': 'web',
    'sluice.route': '0',
    'sluice.end': 'ok',
    'sluice.request_bytes': 0,
    'sluice.bytes': 0,
  })
})

for (const [target, path, query] of [
  ['/a?b=c?d', '/a', 'b=c?d'],
  ['http://host:80/a?b', '/a', 'b'],
  ['*', '*', undefined],
  ['/a?sig=1&x=sig&Signature=2', '/a', 'sig=REDACTED&x=sig&Signature=REDACTED'],
] as const) {
  test(`path and query of ${target}`, () => {
    const { 'url.path': foundPath, 'url.query': foundQuery } = attributesOf({ ...RECORD, target })
    assert.deepEqual([foundPath, foundQuery], [path, query])
  })
}

for (const [host, address, port] of [
  ['shop', 'shop', undefined],
  ['shop:8080', 'shop', 8080],
  ['[::1]:80', '[::1]', 80],
  ['[::1]', '[::1]', undefined],
] as const) {
  test(`address and port of ${host}`, () => {
    const { 'server.address': found, 'server.port': foundPort } = attributesOf({ ...RECORD, host })
    assert.deepEqual([found, foundPort], [address, port])
  })
}

test('a method that nobody knows has no name of its own', () => {
  const record = { ...RECORD, method: 'FROB' }
  assert.equal(methodOf(record), '_OTHER')
  assert.equal(attributesOf(record)['http.request.method_original'], 'FROB')
})

test('errors are those of the server, and clients that go', () => {
  assert.equal(errorOf(RECORD), undefined)
  assert.equal(errorOf({ ...RECORD, status: 404 }), undefined)
  assert.equal(errorOf({ ...RECORD, status: 429, end: 'RateLimited' }), undefined)
  assert.equal(errorOf({ ...RECORD, status: 500 }), '500')
  assert.equal(errorOf({ ...RECORD, status: 504, end: 'ReadTimeout' }), 'ReadTimeout')
  const gone = { ...RECORD, status: 499, end: 'ClientGone' }
  assert.equal(errorOf(gone), 'ClientGone')
  assert.equal(attributesOf(gone)['http.response.status_code'], undefined)
})
