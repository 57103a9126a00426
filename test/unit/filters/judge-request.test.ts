import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkRequestText } from '../../../src/filters/http/judge-request.ts'

const HOST = 'Host: a\r\n'
const many = (count: number): string => 'X: y\r\n'.repeat(count)

const GOOD: readonly string[] = [
  `GET / HTTP/1.1\r\n${HOST}\r\n`,
  `OPTIONS * HTTP/1.1\r\n${HOST}\r\n`,
  `POST /?a HTTP/1.1\r\n${HOST}Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n`,
  `GET / HTTP/1.1\r\n${HOST}Upgrade: x\r\nConnection: upgrade\r\n\r\n`,
  `GET /${'x'.repeat(100_000)} HTTP/1.1\r\n${HOST}X: ${'y'.repeat(100_000)}\r\n\r\n`,
  `GET / HTTP/1.1\r\n${HOST}${many(127)}\r\n`,
  `GET / HTTP/1.1\r\n${HOST}X: caf\xe9\r\n\r\n`,
]
for (const head of GOOD) {
  test(`passes ${JSON.stringify(head.slice(0, 70))}`, () => checkRequestText(head))
}

const BAD: readonly [head: string, message: string][] = [
  ['', 'invalid start line: ""'],
  [`GET / HTTP/1.1\r\n${HOST}`, 'invalid start line: "GET / HTTP/1.1"'],
  [`GET / HTTP/1.1\r\n${HOST}\r\n\r\n`, 'invalid start line: "GET / HTTP/1.1"'],
  [`GET /ä HTTP/1.1\r\n${HOST}\r\n`, 'invalid request target: "GET /ä HTTP/1.1"'],
  ['GET / HTTP/1.1\r\n\r\n', 'missing Host: "GET / HTTP/1.1"'],
  [`GET / HTTP/1.1\r\n${HOST}X: 1\r\n${HOST}\r\n`, 'more than one Host: "Host: a"'],
  [`GET / HTTP/1.1\r\n${HOST}${many(128)}\r\n`, 'too many header lines: "X: y"'],
  [
    `GET / HTTP/1.1\r\nHost: ${'a '.repeat(50)}\r\n\r\n`,
    `invalid Host: "Host: ${'a '.repeat(37)}…"`,
  ],
]
for (const [head, message] of BAD) {
  test(`tells ${message}`, () => {
    const expected = { name: 'TypeError', message: `invalid request head: ${message}` }
    assert.throws(() => checkRequestText(head), expected)
  })
}
