import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readListenerPolicy } from '../../../src/net/listener-options.ts'

test('sizes and times in the words of scripts', () => {
  assert.deepEqual(
    readListenerPolicy({
      limits: { maxBodyBytes: '10m', maxHeaders: 7 },
      timeouts: { requestHead: 2.5, idle: '2m', write: '500ms', keepAlive: 0 },
    }),
    {
      limits: { maxBodyBytes: 10 * 1024 ** 2, maxHeaders: 7 },
      timeouts: { requestHeadMs: 2500, idleMs: 120_000, writeMs: 500, keepAliveMs: 0 },
    },
  )
  assert.deepEqual(readListenerPolicy({}), {})
})

test('proxyProtocol, and who may send it', () => {
  assert.deepEqual(readListenerPolicy({ proxyProtocol: false }), {})
  assert.deepEqual(readListenerPolicy({ proxyProtocol: true }), { proxyProtocol: { from: [] } })
  assert.deepEqual(readListenerPolicy({ proxyProtocol: {} }), { proxyProtocol: { from: [] } })
  const proxyProtocol = { from: ['10.0.0.0/8', '::1'] }
  assert.deepEqual(readListenerPolicy({ proxyProtocol }), { proxyProtocol })
})

for (const [given, message] of [
  [{ limits: { maxBody: 1 } }, 'listen has no option limits.maxBody'],
  [{ timeouts: { requestHeadMs: 1 } }, 'listen has no option timeouts.requestHeadMs'],
  [
    { limits: { maxHeaders: 129 } },
    'option limits.maxHeaders must be a whole number from 1 to 128, not 129',
  ],
  [
    { limits: { maxBodyBytes: 'much' } },
    'option limits.maxBodyBytes must be a number or a text such as "10s" or "16k"',
  ],
  [{ timeouts: { idle: -1 } }, 'option timeouts.idle is out of range: -1'],
  [
    { timeouts: { idle: '1 day' } },
    'option timeouts.idle must be a number or a text such as "10s" or "16k"',
  ],
  [{ proxyProtocol: 'v2' }, 'option proxyProtocol must be true, false or an object'],
  [{ proxyProtocol: { to: [] } }, 'listen has no option proxyProtocol.to'],
  [
    { proxyProtocol: { from: [] } },
    'option proxyProtocol.from must be a list of at least one network',
  ],
  [
    { proxyProtocol: { from: ['10.0.0.0/8', 'here'] } },
    'option proxyProtocol.from must have addresses or networks such as "10.0.0.0/8", not "here"',
  ],
  [{ limits: 3 }, 'option limits must be an object'],
] as const) {
  test(`refused: ${JSON.stringify(given)}`, () => {
    assert.throws(() => readListenerPolicy(given as object), { message })
  })
}
