import assert from 'node:assert/strict'
import { test } from 'node:test'
import { normalise } from '../../../../src/config/normalise.ts'
import { RequestInfo, RequestSpan } from '../../../../src/engine/request-info.ts'
import { jsonFormat } from '../../../../src/filters/access-log/format.ts'
import { LineBytes } from '../../../../src/observability/access-log/line-bytes.ts'
import type { SpanRecord } from '../../../../src/observability/tracing/span-record.ts'
import { namesOf } from '../../../../src/program/log-names.ts'
import { spanFields } from '../../../../src/program/tracing/span-fields.ts'

const SPEC = normalise({
  listeners: [
    {
      name: 'web',
      address: 80,
      tls: { cert: 'cert.pem', key: 'key.pem' },
      routes: [
        { match: { path: { prefix: '/api/' } }, upstream: 'app' },
        { match: { path: { exact: '/x' } }, upstream: 'app' },
        { match: { path: { regex: '^/[0-9]+' } }, upstream: 'app' },
        { upstream: 'app' },
      ],
    },
  ],
  upstreams: { app: { endpoints: [9001] } },
})

function record(route: number): SpanRecord {
  const request = Object.assign(new RequestInfo(0, performance.now()), {
    span: new RequestSpan('a'.repeat(32), 'b'.repeat(16), 'c'.repeat(16), 1),
    headText: 'GET /x HTTP/1.1\r\nHost: h\r\nUser-Agent: "caf\xc3\xa9"\r\n\r\n',
    ...{ route, upstream: 0, client: '192.0.2.7', status: 200, target: '127.0.0.1:9001' },
  })
  request.endMs = request.startMs + 2
  const out = new LineBytes('json')
  jsonFormat(spanFields(SPEC)).write(out, request, namesOf(SPEC))
  return JSON.parse(out.take().toString('latin1'))
}

test('a line has all that the orchestrator reads', () => {
  const { start, ...rest } = record(1)
  assert.ok(Math.abs(start - Date.now()) < 60_000, String(start))
  assert.deepEqual(rest, {
    ...{ trace: 'a'.repeat(32), span: 'b'.repeat(16), parent: 'c'.repeat(16) },
    ...{ scheme: 'https', pattern: '/x', client: '192.0.2.7', listener: 'web', route: '1' },
    ...{ method: 'GET', target: '/x', protocol: 'HTTP/1.1', host: 'h', status: 200, bytes: 0 },
    ...{ request_bytes: 0, duration_ms: 2, header_ms: null, connect_ms: null, upstream: 'app' },
    ...{ endpoint: '127.0.0.1:9001', attempts: 0, id: '', user_agent: '"café"', end: 'ok' },
  })
})

test('the pattern of a route says what its paths have in common', () => {
  assert.deepEqual(
    [-1, 0, 1, 2, 3].map((route) => record(route).pattern),
    ['', '/api/*', '/x', '^/[0-9]+', ''],
  )
})
