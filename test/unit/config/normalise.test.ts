import assert from 'node:assert/strict'
import { test } from 'node:test'
import { checkConfig } from '../../../src/config/check-config.ts'
import { normalise } from '../../../src/config/normalise.ts'
import type { ConfigInput } from '../../../src/config/schema/config.ts'

const SHORT: ConfigInput = {
  listeners: [
    { address: 8080, upstream: 'app' },
    { name: 'b', address: '[::1]:1' },
    { address: 'unix:/a', protocol: 'tcp', upstream: 'db' },
  ],
  routes: [{ match: { host: '*.Example.com', path: { prefix: '/a' } }, upstream: 'app' }],
  upstreams: {
    app: { endpoints: [9001, { address: 'h:2', weight: 3 }] },
    db: { endpoints: ['unix:/db'], timeouts: { connect: '1.5s' } },
  },
}

const FORWARD = { kind: 'forward', shares: [{ upstream: 0, weight: 1 }] }

test('makes a program of a config', () => {
  const { listen, upstreams, idleMs } = normalise(SHORT)
  assert.deepEqual(listen, [
    {
      host: '0.0.0.0',
      port: 8080,
      name: '0.0.0.0:8080',
      service: { protocol: 'http', routes: [{ name: '0', match: {}, action: FORWARD }] },
    },
    {
      host: '::1',
      port: 1,
      name: 'b',
      service: {
        protocol: 'http',
        routes: [
          {
            name: '0',
            match: { host: '*.example.com', path: { prefix: '/a' } },
            action: FORWARD,
          },
        ],
      },
    },
    {
      host: '',
      port: 0,
      path: '/a',
      name: 'unix:/a',
      service: { protocol: 'tcp', upstream: 1 },
    },
  ])
  assert.deepEqual(upstreams[0]?.endpoints, [
    { host: '127.0.0.1', port: 9001, weight: 1 },
    { host: 'h', port: 2, weight: 3 },
  ])
  assert.deepEqual(upstreams[1]?.timeouts, {
    connectMs: 1500,
    responseMs: 60_000,
    progressMs: 60_000,
    idleMs: 60_000,
  })
  assert.equal(idleMs, 60_000)
})

test('gives what the schema gives for what is left out', () => {
  const result = checkConfig(SHORT)
  assert.ok(result.isGood)
  assert.deepEqual(normalise(SHORT), normalise(result.config))
})

test('listeners without names have different ones', () => {
  const { listen } = normalise({
    listeners: [0, 0, '127.0.0.1:0', 0].map((address) => ({ address, upstream: 'app' })),
    upstreams: { app: { endpoints: [1] } },
  })
  assert.deepEqual(
    listen.map(({ name }) => name),
    ['0.0.0.0:0', '0.0.0.0:0#2', '127.0.0.1:0', '0.0.0.0:0#3'],
  )
})
