import assert from 'node:assert/strict'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../support/temporary-script.ts'
import { AppServer } from './support/app-server.ts'
import { ask } from './support/load.ts'
import { scrapeUntil } from './support/scrape.ts'
import { startAdmin } from './support/start-admin.ts'
import { startConfig } from './support/start-config.ts'
import { startScript } from './support/start-script.ts'

/** What a connection from an address of ours gets for a request; empty if it is closed. */
async function answerFor(port: number, localAddress: string, host = '127.0.0.1'): Promise<string> {
  const socket = connect({ host, port, localAddress })
  let text = ''
  socket.on('data', (data) => {
    text += data
    if (text.includes('\r\n\r\n')) socket.destroy()
  })
  socket.on('error', () => {})
  socket.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n')
  await once(socket, 'close')
  return text.slice(0, text.indexOf('\r\n'))
}

test('a listener closes connections by address, a route answers 403', async (context) => {
  const server = await AppServer.start(context, 'a')
  const file = join(temporaryFolder(context), 'lb.json')
  const log = join(temporaryFolder(context), 'access.log')
  const listener = {
    address: '127.0.0.1:0',
    name: 'web',
    access: { deny: ['127.0.0.3'] },
    routes: [{ upstream: 'app', name: 'app', access: { allow: ['127.0.0.1', '127.0.0.4/30'] } }],
  }
  const upstreams = { app: { endpoints: [server.address] } }
  const accessLog = { path: log, format: '{client} {status} {end}' }
  writeFileSync(file, JSON.stringify({ listeners: [listener], upstreams, accessLog }))
  const admin = await startAdmin(context, [file, '--workers', '1'])
  const [port = 0] = admin.ports
  assert.equal(await answerFor(port, '127.0.0.1'), 'HTTP/1.1 200 OK')
  assert.equal(await answerFor(port, '127.0.0.2'), 'HTTP/1.1 403 Forbidden')
  assert.equal(await answerFor(port, '127.0.0.3'), '')
  assert.equal(await answerFor(port, '127.0.0.6'), 'HTTP/1.1 200 OK')
  assert.equal(server.requests, 2)
  const labels = { listener: 'web', route: 'app', reason: 'access' }
  await scrapeUntil(admin, (one) => {
    return (
      one.sum('sluice_route_refused_requests_total', labels) === 1 &&
      one.sum('sluice_worker_denied_requests_total') === 1 &&
      one.sum('sluice_worker_denied_connections_total') === 1
    )
  })
  admin.sluice.signal('SIGTERM')
  await admin.sluice.exit()
  const lines = readFileSync(log, 'utf8').trim().split('\n')
  assert.deepEqual(lines, ['127.0.0.1 200 ok', '127.0.0.2 403 AccessDenied', '127.0.0.6 200 ok'])
})

test('IPv4 clients of a socket for IPv6 have the addresses of IPv4', async (context) => {
  const config = {
    listeners: [{ address: '[::]:0', access: { allow: ['127.0.0.2', '::1'] } }],
    routes: [{ respond: { body: 'x' } }],
  }
  const { ports } = await startConfig(context, config)
  const [port = 0] = ports
  assert.equal(await answerFor(port, '127.0.0.1'), '')
  assert.equal(await answerFor(port, '127.0.0.2'), 'HTTP/1.1 200 OK')
  assert.equal(await answerFor(port, '::1', '::1'), 'HTTP/1.1 200 OK')
})

test('a tcp listener has access control as well', async (context) => {
  const server = await AppServer.start(context, 'a')
  const config = {
    listeners: [
      {
        address: '127.0.0.1:0',
        protocol: 'tcp' as const,
        upstream: 'app',
        access: { deny: ['127.0.0.2'] },
      },
    ],
    upstreams: { app: { endpoints: [server.address] } },
  }
  const { ports } = await startConfig(context, config)
  assert.equal(await answerFor(ports[0] ?? 0, '127.0.0.2'), '')
  assert.equal((await ask(ports[0] ?? 0)).status, 200)
})

test('scripts let clients in by an option of listen, or a filter', async (context) => {
  const script = `pipy()
  .listen(0, { host: '127.0.0.1', access: { deny: ['127.0.0.3'] } })
    .decodeHttpRequest().demux('request').encodeHttpResponse()
  .pipeline('request')
    .limitAccess('answer', { deny: ['127.0.0.2'] })
  .pipeline('answer')
    .replaceMessage(new Message({ status: 200 }))
`
  const { port } = await startScript(context, script)
  assert.equal(await answerFor(port, '127.0.0.1'), 'HTTP/1.1 200 OK')
  assert.equal(await answerFor(port, '127.0.0.2'), 'HTTP/1.1 403 Forbidden')
  assert.equal(await answerFor(port, '127.0.0.3'), '')
})
