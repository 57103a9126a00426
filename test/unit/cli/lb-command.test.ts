import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseLbSpec } from '../../../src/cli/lb-command.ts'

test('makes a program of the flags', () => {
  const spec = parseLbSpec(
    '--listen 8080 -l unix:/a --to 127.0.0.1:1=2 --to h:2 --tcp -b random --idle-timeout 5m'.split(
      ' ',
    ),
  )
  const service = { protocol: 'tcp', upstream: 0 }
  assert.deepEqual(spec, {
    kind: 'lb',
    listen: [
      { host: '0.0.0.0', port: 8080, name: '0.0.0.0:8080', service },
      { host: '', port: 0, path: '/a', name: 'unix:/a', service },
    ],
    upstreams: [
      {
        name: 'default',
        endpoints: [
          { host: '127.0.0.1', port: 1, weight: 2 },
          { host: 'h', port: 2, weight: 1 },
        ],
        balance: 'random',
        timeouts: { connectMs: 5000, responseMs: 60_000, progressMs: 60_000, idleMs: 300_000 },
      },
    ],
    forwarding: {
      xForwarded: true,
      received: 'add',
      forwarded: false,
      requestId: false,
      traceparent: false,
    },
    idleMs: 300_000,
  })
})

test('says what requests tell of their clients', () => {
  const args = '--listen 1 --to :2 --x-forwarded replace --request-id'
  assert.deepEqual(parseLbSpec(args.split(' ')).forwarding, {
    xForwarded: true,
    received: 'replace',
    forwarded: false,
    requestId: true,
    traceparent: false,
  })
})

test('survives a structured clone', () => {
  const spec = parseLbSpec(['--listen', '1', '--to', ':2'])
  assert.deepEqual(structuredClone(spec), spec)
})

const ERRORS: readonly [args: string, message: RegExp][] = [
  ['--to :1', /^nowhere to listen/],
  ['--listen 1', /^no upstream/],
  ['--listen 1 --to :1 extra', /^unexpected argument: extra$/],
  [
    '--listen 1 --to :1 --tcp --max-headers 9',
    /^--max-headers is for HTTP, and --tcp passes bytes/,
  ],
  ['--listen 1 --to :1 --tcp --head-timeout 9s', /^--head-timeout is for HTTP,/],
  ['--listen 1 --to :1 --tcp --http-lenient-lf', /^--http-lenient-lf is for HTTP,/],
  ['--listen 1 --to :1 --tcp --access-log off', /^--access-log is for HTTP,/],
  ['--listen 1 --to :1 -b fair', /^--balance fair: want round-robin,/],
]

for (const [args, message] of ERRORS)
  test(`refuses ${args}`, () => assert.throws(() => parseLbSpec(args.split(' ')), { message }))
