import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../../support/temporary-script.ts'
import { AppServer } from '../support/app-server.ts'
import { connectRaw } from '../support/byte-stream.ts'
import { ask } from '../support/load.ts'
import { startConfig } from '../support/start-config.ts'

test('requests that are refused before they reach a route have a line', async (context) => {
  const path = join(temporaryFolder(context), 'access.log')
  const server = await AppServer.start(context, 'a')
  const limits = { maxHeadBytes: 200, maxRequestLineBytes: 100, maxConnections: 1 }
  const { sluice, ports } = await startConfig(context, {
    listeners: [
      {
        address: '127.0.0.1:0',
        name: 'web',
        upstream: 'app',
        limits,
        timeouts: { requestHead: 1 },
      },
    ],
    upstreams: { app: { endpoints: [server.address] } },
    accessLog: { path, format: '{client} {listener} {method} {status} {end}' },
  })
  const [port = 0] = ports
  const cases: [string, number][] = [
    ['GET / HTTP/1.1\r\nBad Header: a\r\n\r\n', 400],
    [`GET /${'x'.repeat(120)} HTTP/1.1\r\nHost: a\r\n\r\n`, 414],
    [`GET / HTTP/1.1\r\nHost: a\r\nX: ${'x'.repeat(220)}\r\n\r\n`, 431],
    ['GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: x\r\n\r\n', 501],
    ['GET / HTTP/1.1\r\nHo', 408],
  ]
  for (const [text, status] of cases) {
    const connection = await connectRaw(context, port)
    connection.write(text)
    const message = await connection.message()
    assert.equal(message.status, status)
    connection.socket.destroy()
  }
  let first = await connectRaw(context, port)
  // The last of those before may still count.
  for (;;) {
    first.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
    if ((await first.message()).status === 200) break
    first = await connectRaw(context, port)
  }
  assert.equal((await ask(port)).status, 503)
  first.socket.destroy()
  sluice.signal('SIGTERM')
  await sluice.exit()
  const lines = readFileSync(path, 'utf8').trim().split('\n')
  const refused = cases.map(([, status]) => `127.0.0.1 web - ${status} Invalid`)
  assert.deepEqual(lines.slice(0, cases.length), refused)
  assert.ok(lines.includes('127.0.0.1 web GET 200 ok'))
  assert.equal(lines.at(-1), '127.0.0.1 web - 503 TooManyConnections')
})

test('the first request of a connection tells how long it took to connect', async (context) => {
  const path = join(temporaryFolder(context), 'access.log')
  const server = await AppServer.start(context, 'a')
  const { sluice, ports } = await startConfig(context, {
    listeners: [{ address: '127.0.0.1:0', upstream: 'app' }],
    upstreams: { app: { endpoints: [server.address] } },
    accessLog: { path, format: '{status} {connect_ms}' },
  })
  await ask(ports[0] ?? 0)
  await ask(ports[0] ?? 0)
  sluice.signal('SIGTERM')
  await sluice.exit()
  const [first, second] = readFileSync(path, 'utf8').trim().split('\n')
  assert.match(first ?? '', /^200 \d+\.\d{3}$/)
  assert.equal(second, '200 -')
})
