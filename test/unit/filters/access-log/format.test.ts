import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RequestInfo } from '../../../../src/engine/request-info.ts'
import { LOG_FIELDS, type LogNames } from '../../../../src/filters/access-log/fields.ts'
import { compileFormat } from '../../../../src/filters/access-log/format.ts'
import { LogClock } from '../../../../src/filters/access-log/log-clock.ts'
import { LineBytes } from '../../../../src/observability/access-log/line-bytes.ts'

const NAMES: LogNames = {
  clock: new LogClock(),
  listeners: ['web', 'other'],
  routes: [['first', 'second'], ['only']],
  upstreams: ['app'],
}

const HEAD =
  'GET /a?b=1 HTTP/1.1\r\nHost: example.com\r\nuser-AGENT:  curl/8\r\nReferer: http://x/\r\n\r\n'

function request(given: Partial<RequestInfo> = {}): RequestInfo {
  const record = new RequestInfo(0, performance.now())
  const answered = {
    client: '192.0.2.7',
    headText: HEAD,
    route: 1,
    upstream: 0,
    target: '10.0.0.1:80',
    attempts: 2,
    status: 200,
    responseBytes: 1234,
    requestBytes: 5,
    responseMs: record.startMs + 1.001,
    endMs: record.startMs + 12.3456,
  }
  return Object.assign(record, answered, given)
}

function write(format: string, record: RequestInfo): string {
  const { escaping, write } = compileFormat(format)
  const out = new LineBytes(escaping)
  write(out, record, NAMES)
  return out.take().toString('latin1')
}

function line(format: string, given: Partial<RequestInfo> = {}): string {
  return write(format, request(given))
}

test('combined is what other web servers write', () => {
  const time = String.raw`\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}`
  const wanted = String.raw`^192\.0\.2\.7 - - \[${time}\] "GET /a\?b=1 HTTP/1\.1" 200 1234 "http://x/" "curl/8"\n$`
  assert.match(line('combined'), new RegExp(wanted))
})

test('the only route of a listener is named for what went to its upstream', () => {
  assert.equal(line('{route}', { listener: 1, route: -1 }), 'only\n')
  assert.equal(line('{route}', { listener: 1, route: -1, upstream: -1 }), '-\n')
  assert.equal(line('{route}', { route: -1 }), '-\n')
})

test('json has every field, with its type', () => {
  const { time, ...rest } = JSON.parse(line('json'))
  assert.ok(Math.abs(Date.parse(time) - Date.now()) < 60_000, time)
  assert.deepEqual(rest, {
    client: '192.0.2.7',
    listener: 'web',
    route: 'second',
    method: 'GET',
    target: '/a?b=1',
    protocol: 'HTTP/1.1',
    host: 'example.com',
    status: 200,
    bytes: 1234,
    request_bytes: 5,
    duration_ms: 12.346,
    header_ms: 1.001,
    connect_ms: null,
    upstream: 'app',
    endpoint: '10.0.0.1:80',
    attempts: 2,
    id: '',
    traceparent: '',
    user_agent: 'curl/8',
    referer: 'http://x/',
    end: 'ok',
  })
  assert.deepEqual(
    Object.keys(JSON.parse(line('json'))),
    LOG_FIELDS.map(({ name }) => name),
  )
})

test('templates have literals, fields, and a dash for what is not there', () => {
  const template = '<{method}> {referer}|{traceparent} {{status}} {duration_ms} {end}'
  assert.equal(line(template), '<GET> http://x/|- {200} 12.346 ok\n')
  assert.equal(line('{header_ms} {end}', { responseMs: 0, error: 'ClientGone' }), '- ClientGone\n')
  assert.equal(line('{status}', { status: 0 }), '499\n')
})

test('templates may have any characters', () => {
  assert.equal(line('→{status}'), Buffer.from('→200\n').toString('latin1'))
})

test('an unknown field is an error that names those there are', () => {
  assert.throws(() => compileFormat('{nothing}'), /no field \{nothing\}: use time, client, /)
})

test('what a client sends cannot end a value or a line', () => {
  const headText = 'GET /"\\\x7f\xe9 HTTP/1.1\r\nUser-Agent: a"b\tc\xc3\xa9\r\n\r\n'
  assert.equal(line('"{target}"', { headText }), '"/\\x22\\x5C\\x7F\\xE9"\n')
  assert.equal(line('{user_agent}', { headText }), 'a\\x22b\\x09c\\xC3\\xA9\n')
  const text = line('json', { headText })
  assert.match(text, /^[ -~]+\n$/)
  const { target, user_agent: agent } = JSON.parse(text)
  assert.equal(target, '/"\\\x7f\xe9')
  assert.equal(agent, 'a"b\tcé')
})

test('the request is its first line, or a dash where no head has come', () => {
  assert.equal(line('"{request}"'), '"GET /a?b=1 HTTP/1.1"\n')
  assert.equal(line('"{request}"', { headText: '' }), '"-"\n')
})

test('heads with bare line feeds and without fields', () => {
  const headText = 'GET / HTTP/1.0\n\n'
  assert.equal(line('{request}', { headText }), 'GET / HTTP/1.0\n')
  assert.equal(line('{method} {target} {protocol} {host}', { headText }), 'GET / HTTP/1.0 -\n')
})

test('a field is found by its whole name, and once', () => {
  const headText =
    'GET / HTTP/1.1\r\nX-Referer: a\r\nReferer2: b\r\nReferer: c\r\nReferer: d\r\n\r\n'
  assert.equal(line('{referer}', { headText }), 'c\n')
})

test('milliseconds keep three decimals', () => {
  for (const [ms, text] of [
    [0, '0.000'],
    [0.0004, '0.000'],
    [0.0126, '0.013'],
    [0.999_6, '1.000'],
    [61_000.05, '61000.050'],
  ] as const) {
    const startMs = 1000
    const record = Object.assign(new RequestInfo(0, startMs), {
      endMs: startMs + ms,
      headText: HEAD,
    })
    assert.equal(write('{duration_ms}', record), `${text}\n`)
  }
})
