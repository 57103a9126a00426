import assert from 'node:assert/strict'
import { test } from 'node:test'
import { allowedTrailers } from '../../../src/filters/http/trailers.ts'

const NO_LINES = 'invalid trailers: expected field lines that end with CRLF'
const TABLE: readonly [trailers: string, allowed: string, told?: string][] = [
  ['A: 1\r\n', 'A: 1\r\n'],
  ['grpc-status: 0\r\nX:\r\n', 'grpc-status: 0\r\nX:\r\n'],
  ['X: caf\xe9\r\n', 'X: caf\xe9\r\n'],
  ['A: 1', '', NO_LINES],
  ['A: 1\r\n\r\n', '', NO_LINES],
  ['A : 1\r\n', '', NO_LINES],
  ['A: 1\nB: 2\r\n', '', NO_LINES],
  ['HOST: a\r\nA: 1\r\n', 'A: 1\r\n', 'invalid trailers: not allowed behind a body: HOST'],
  ['te: x\r\ncookie: y\r\n', '', 'invalid trailers: not allowed behind a body: te, cookie'],
]
for (const [trailers, allowed, told] of TABLE) {
  test(JSON.stringify(trailers), () => {
    const reports: string[] = []
    assert.equal(
      allowedTrailers(trailers, ({ message }) => reports.push(message)),
      allowed,
    )
    assert.deepEqual(reports, told === undefined ? [] : [told])
  })
}
