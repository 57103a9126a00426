import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ResponseReader } from '../../../bench/load/traffic/response-reader.ts'

const ONE = 'HTTP/1.1 200 OK\r\nServer: x\r\nContent-Length: 5\r\n\r\nhello'
const EMPTY = 'HTTP/1.1 200 OK\r\ncontent-length:0\r\n\r\n'

function feedAll(parts: readonly string[]): number | string {
  const reader = new ResponseReader()
  let total = 0
  for (const part of parts) {
    const completed = reader.feed(Buffer.from(part, 'latin1'))
    if (typeof completed === 'string') return completed
    total += completed
  }
  return total
}

test('responses are counted however the bytes are cut', () => {
  const bytes = ONE + EMPTY + ONE
  assert.equal(feedAll([bytes]), 3)
  assert.equal(feedAll([...bytes]), 3)
  for (let cut = 1; cut < bytes.length; cut++) {
    assert.equal(feedAll([bytes.slice(0, cut), bytes.slice(cut)]), 3, `cut at ${cut}`)
  }
})

test('a response under way is not counted', () => {
  assert.equal(feedAll([ONE.slice(0, -1)]), 0)
})

test('anything but a 200 with a known length is an error', () => {
  assert.equal(
    feedAll(['HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n']),
    'unexpected response: HTTP/1.1 502 Bad Gateway',
  )
  assert.equal(
    feedAll(['HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n']),
    'response without Content-Length',
  )
  assert.equal(feedAll(['x'.repeat(10_000)]), 'response head too long')
})
