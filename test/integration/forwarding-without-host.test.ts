import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { startRecordingUpstream } from './http-safety/recording-upstream.ts'
import { connectRaw } from './support/byte-stream.ts'
import { startConfig } from './support/start-config.ts'

/* X-Forwarded-Host and Forwarded tell the host that the client has asked for, and no other. */

/** Sends heads without their empty line; `set` is what the config sets. Returns what has gone on. */
async function forward(
  context: TestContext,
  set: Record<string, string>,
  heads: readonly string[],
): Promise<{ to: string; forwarded: string[] }> {
  const upstream = await startRecordingUpstream(context)
  const { ports } = await startConfig(context, {
    listeners: [{ address: '127.0.0.1:0' }],
    routes: [{ requestHeaders: { set }, upstream: 'a' }],
    upstreams: { a: { endpoints: [upstream.address] } },
    forwarding: { xForwarded: 'add', forwarded: true },
  })
  const forwarded: string[] = []
  for (const head of heads) {
    const client = await connectRaw(context, ports[0] ?? 0)
    client.write(`${head}\r\n\r\n`)
    assert.equal((await client.message()).status, 200)
    forwarded.push(upstream.take()[0]?.text ?? '')
  }
  return { to: upstream.address, forwarded }
}

function expected(start: string, lines: string[], host: string): string {
  const told = host === '' ? '' : `X-Forwarded-Host: ${host}\r\n`
  const by = host === '' ? '' : `;host="${host}"`
  return (
    `${start} HTTP/1.1\r\n${lines.map((line) => `${line}\r\n`).join('')}` +
    `X-Forwarded-For: 127.0.0.1\r\nX-Forwarded-Proto: http\r\n${told}` +
    `Forwarded: for=127.0.0.1${by};proto=http\r\n\r\n`
  )
}

test('of a client that has told no host, none is told', async (context) => {
  const heads = [
    'GET /a HTTP/1.0',
    'GET /a HTTP/1.0\r\nX-Forwarded-Host: evil',
    'GET /a HTTP/1.0\r\nHost: b:8',
    'GET http://b:8/a HTTP/1.0',
    'GET http://b:8/a HTTP/1.1\r\nHost: c',
  ]
  const { to, forwarded } = await forward(context, {}, heads)
  assert.deepEqual(forwarded, [
    expected('GET /a', [`Host: ${to}`], ''),
    expected('GET /a', [`Host: ${to}`], ''),
    expected('GET /a', ['Host: b:8'], 'b:8'),
    expected('GET /a', ['Host: b:8'], 'b:8'),
    expected('GET /a', ['Host: b:8'], 'b:8'),
  ])
})

test('nor of one whose request gets another host', async (context) => {
  const heads = [
    'GET /a HTTP/1.0',
    'GET /a HTTP/1.1\r\nHost:',
    'GET /a HTTP/1.0\r\nHost: b:8',
    'GET /a HTTP/1.1\r\nHost: inside',
    'GET http://b:8/a HTTP/1.1\r\nHost: c',
  ]
  const { forwarded } = await forward(context, { Host: 'inside' }, heads)
  assert.deepEqual(forwarded, [
    expected('GET /a', ['host: inside'], ''),
    expected('GET /a', ['Host: inside'], ''),
    expected('GET /a', ['Host: inside'], 'b:8'),
    expected('GET /a', ['Host: inside'], 'inside'),
    expected('GET /a', ['Host: b:8'], 'b:8'),
  ])
})
