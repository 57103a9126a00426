import assert from 'node:assert/strict'
import { test } from 'node:test'
import { ConnectionLimiter, clientOf } from '../../../src/net/connection-limiter.ts'
import { DEFAULT_LIMITS } from '../../../src/net/listener-policy.ts'

const ADDRESSES = ['192.0.2.1', '192.0.2.1', '192.0.2.2', '192.0.2.1', '', '']

function limiterOf(limits: object, workers = 1): ConnectionLimiter {
  return new ConnectionLimiter(
    { ...DEFAULT_LIMITS, ...limits },
    (total) => Math.ceil(total / workers),
    (connection) => ADDRESSES[connection] ?? '',
  )
}

test('a worker takes its part of the connections, and others when some have ended', () => {
  const limiter = limiterOf({ maxConnections: 3 }, 2)
  assert.deepEqual([limiter.admit(0), limiter.admit(1), limiter.admit(2)], ['', '', 'connections'])
  limiter.release(0)
  assert.deepEqual([limiter.admit(2), limiter.admit(3)], ['', 'connections'])
})

test('each client has its own number; those without an address have none', () => {
  const limiter = limiterOf({ maxConnectionsPerAddress: 2 })
  assert.deepEqual(
    ADDRESSES.map((_, connection) => limiter.admit(connection)),
    ['', '', '', 'address', '', ''],
  )
  limiter.release(1)
  assert.equal(limiter.admit(3), '')
})

test('a connection counts before its client is known, and then as one of its client', () => {
  const limiter = limiterOf({ maxConnections: 2, maxConnectionsPerAddress: 1 })
  assert.deepEqual([limiter.admitUnknown(), limiter.admitUnknown()], ['', ''])
  assert.equal(limiter.admitUnknown(), 'connections')
  assert.deepEqual([limiter.identify(0), limiter.identify(1)], ['', 'address'])
  limiter.release(1)
  limiter.release(0)
  assert.deepEqual([limiter.admit(1), limiter.admit(2)], ['', ''])
})

test('a client of IPv6 is a network of 64 bits', () => {
  assert.equal(clientOf('192.0.2.1'), '192.0.2.1')
  assert.equal(clientOf('::ffff:192.0.2.1'), '192.0.2.1')
  assert.equal(clientOf('2001:db8:1:2:3:4:5:6'), '2001:db8:1:2')
  assert.equal(clientOf('2001:db8:1:2::6'), clientOf('2001:db8:1:2:ff::'))
  assert.equal(clientOf('2001:db8::1:0:0:1'), '2001:db8:0:0')
  assert.notEqual(clientOf('2001:db8:1:3::6'), clientOf('2001:db8:1:2::6'))
  assert.equal(clientOf('::1'), '0:0:0:0')
})
