import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Exchanges } from '../../../src/filters/http/exchanges.ts'
import { HEAD_KEEP_ALIVE } from '../../../src/native/protocol.ts'

test('exchanges come out in the order they went in', () => {
  const exchanges = new Exchanges()
  for (const flags of [1, 0, 3]) exchanges.push(flags)
  const seen: number[] = []
  while (exchanges.size > 0) {
    seen.push(exchanges.peek())
    exchanges.shift()
  }
  assert.deepEqual(seen, [1, 0, 3])
})

test('without any, a request of which nothing is known keeps the connection open', () => {
  const exchanges = new Exchanges()
  assert.equal(exchanges.size, 0)
  assert.equal(exchanges.peek(), HEAD_KEEP_ALIVE)
  exchanges.replace(0)
  exchanges.shift()
  assert.equal(exchanges.peek(), HEAD_KEEP_ALIVE)
})

test('the bits of the oldest may change', () => {
  const exchanges = new Exchanges()
  exchanges.push(1)
  exchanges.push(2)
  exchanges.replace(4)
  assert.equal(exchanges.peek(), 4)
  exchanges.shift()
  assert.equal(exchanges.peek(), 2)
  exchanges.clear()
  assert.equal(exchanges.size, 0)
})
