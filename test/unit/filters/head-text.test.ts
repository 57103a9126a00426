import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  type Framing,
  requestText,
  responseStatus,
  responseText,
} from '../../../src/filters/http/head-text.ts'

const NONE: Framing = { contentLength: -1, isChunked: false, connection: '' }
const lines = (...all: string[]): string => [...all, '', ''].join('\r\n')

describe('requestText', () => {
  const table: [what: string, head: Parameters<typeof requestText>[0], text: string][] = [
    ['nothing', null, lines('GET / HTTP/1.1')],
    ['empty fields', { method: '', path: '' }, lines('GET / HTTP/1.1')],
    ['method and path', { method: 'PUT', path: '/a?b' }, lines('PUT /a?b HTTP/1.1')],
    ['the protocol is ours', { protocol: 'HTTP/1.0' }, lines('GET / HTTP/1.1')],
    ['an asterisk', { method: 'OPTIONS', path: '*' }, lines('OPTIONS * HTTP/1.1')],
    [
      'an absolute target becomes a path and the host',
      { path: 'http://b:8080/x?y', headers: { host: 'a' } },
      lines('GET /x?y HTTP/1.1', 'Host: b:8080'),
    ],
    [
      'an absolute target without path',
      { path: 'HTTP://b?y' },
      lines('GET /?y HTTP/1.1', 'Host: b'),
    ],
    [
      'an absolute target without path, of OPTIONS',
      { path: 'http://b', method: 'OPTIONS' },
      lines('OPTIONS * HTTP/1.1', 'Host: b'),
    ],
    [
      'fields in their order, in the case that the script gave them',
      { headers: { 'X-B': '2', 'x-a': 1, 'X-C': true } },
      lines('GET / HTTP/1.1', 'X-B: 2', 'x-a: 1', 'X-C: true'),
    ],
    [
      'of two names that differ in case only the last',
      { headers: { 'X-A': '1', 'x-a': '2' } },
      lines('GET / HTTP/1.1', 'x-a: 2'),
    ],
    ['text beyond ASCII as UTF-8', { path: '/é' }, lines('GET /\xc3\xa9 HTTP/1.1')],
  ]
  for (const [what, head, text] of table) {
    test(what, () => assert.equal(requestText(head, null, NONE), text))
  }

  test('a host for requests that have none', () => {
    const text = (head: Parameters<typeof requestText>[0]): string =>
      requestText(head, null, NONE, 'b:1')
    assert.equal(text(null), lines('GET / HTTP/1.1', 'Host: b:1'))
    assert.equal(text({ headers: { hOsT: null } }), lines('GET / HTTP/1.1', 'Host: b:1'))
    assert.equal(text({ headers: { x: 1, hOsT: 'a' } }), lines('GET / HTTP/1.1', 'x: 1', 'hOsT: a'))
    assert.equal(text({ path: 'http://c/' }), lines('GET / HTTP/1.1', 'Host: c'))
  })

  const hopByHop = [
    'Connection',
    'Keep-Alive',
    'Proxy-Connection',
    'TE',
    'Upgrade',
    'Content-Length',
  ]
  for (const name of [...hopByHop, 'Transfer-Encoding', 'Proxy-Authorization']) {
    test(`${name} is never taken from a script`, () => {
      assert.equal(requestText({ headers: { [name]: 'x' } }, null, NONE), lines('GET / HTTP/1.1'))
    })
  }
})

describe('responseText', () => {
  const framings: [framing: Partial<Framing>, fields: string[]][] = [
    [{}, []],
    [{ contentLength: 0 }, ['Content-Length: 0']],
    [{ contentLength: 2 ** 33 }, ['Content-Length: 8589934592']],
    [{ isChunked: true, contentLength: -1 }, ['Transfer-Encoding: chunked']],
    [{ connection: 'close', contentLength: 5 }, ['Connection: close', 'Content-Length: 5']],
  ]
  for (const [framing, fields] of framings) {
    test(`framed by ${JSON.stringify(framing)}`, () => {
      const text = responseText(null, null, { ...NONE, ...framing })
      assert.equal(text, lines('HTTP/1.1 200 OK', ...fields))
    })
  }

  const reasons: [head: Parameters<typeof responseText>[0], line: string][] = [
    [{ status: 404 }, 'HTTP/1.1 404 Not Found'],
    [{ status: 404, statusText: 'Gone Fishing' }, 'HTTP/1.1 404 Gone Fishing'],
    [{ status: 0 }, 'HTTP/1.1 200 OK'],
    [{ status: '201' as never }, 'HTTP/1.1 201 Created'],
  ]
  for (const [head, line] of reasons) {
    test(line, () => assert.equal(responseText(head, null, NONE), lines(line)))
  }
})

describe('what must not be on the wire', () => {
  const values = ['a\r\nb: c', 'a\nb', 'a\rb', 'a\0b', '\x7f']
  for (const value of values) {
    test(`a value ${JSON.stringify(value)}`, () => {
      const write = (): string => responseText({ headers: { x: value } }, null, NONE)
      assert.throws(write, /invalid value of header x/)
      assert.throws(() => responseText({ headers: { x: [value] } }, null, NONE), /invalid value/)
    })
  }
  for (const name of ['', 'a b', 'a:b', 'a\r\nb', 'é']) {
    test(`a name ${JSON.stringify(name)}`, () => {
      const write = (): string => responseText({ headers: { [name]: 'x' } }, null, NONE)
      assert.throws(write, /invalid header name/)
    })
  }
  test('a tab in a value is allowed', () => {
    assert.ok(responseText({ headers: { x: 'a\tb' } }, null, NONE).includes('x: a\tb'))
  })
  for (const statusText of ['a\r\nb', 'a\nb']) {
    test(`a reason ${JSON.stringify(statusText)}`, () => {
      assert.throws(() => responseText({ statusText }, null, NONE), /invalid status text/)
    })
  }
  for (const status of [99, 1000, 200.5, Number.NaN, 'abc' as never]) {
    test(`a status ${status}`, () => {
      const isAbsent = Number.isNaN(status)
      if (isAbsent) assert.equal(responseStatus({ status }), 200)
      else assert.throws(() => responseStatus({ status }), /invalid response status/)
    })
  }
  for (const path of ['/a b', '/a\r\n', '/\0']) {
    test(`a path ${JSON.stringify(path)}`, () => {
      assert.throws(() => requestText({ path }, null, NONE), /invalid request path/)
    })
  }
  for (const path of ['http://', 'http:///a', 'https://?b', 'HTTP://:80/']) {
    test(`an absolute target of nobody ${JSON.stringify(path)}`, () => {
      assert.throws(() => requestText({ path }, null, NONE), /invalid request path: no host/)
    })
  }
  for (const method of ['GET /', 'G\r\n', 'Ü']) {
    test(`a method ${JSON.stringify(method)}`, () => {
      assert.throws(() => requestText({ method }, null, NONE), /invalid request method/)
    })
  }
})
