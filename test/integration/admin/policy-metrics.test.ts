import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../../support/temporary-script.ts'
import { AppServer } from '../support/app-server.ts'
import { connectRaw } from '../support/byte-stream.ts'
import { ask } from '../support/load.ts'
import { scrapeUntil } from '../support/scrape.ts'
import { startAdmin } from '../support/start-admin.ts'

test('metrics tell what circuits, budgets and hedges do, and what was refused', async (context) => {
  const held: ServerResponse[] = []
  const slow = await AppServer.start(context, 'a')
  slow.handler = (_, response) => held.push(response)
  const fast = await AppServer.start(context, 'b')
  const bad = await AppServer.start(context, 'c')
  bad.handler = (_, response) => response.writeHead(503).end()
  const config = {
    listeners: [
      {
        address: '127.0.0.1:0',
        name: 'web',
        routes: [
          { match: { path: { prefix: '/busy' } }, upstream: 'busy' },
          { match: { path: { prefix: '/hedged' } }, upstream: 'hedged' },
          { upstream: 'poor' },
        ],
      },
    ],
    upstreams: {
      busy: { endpoints: [slow.address], circuit: { maxRequests: 1 } },
      hedged: { endpoints: [slow.address, fast.address], hedge: { after: '20ms' } },
      poor: { endpoints: [bad.address], retry: { budget: 0, minPerSecond: 0 } },
    },
  }
  const file = join(temporaryFolder(context), 'lb.json')
  writeFileSync(file, JSON.stringify(config))
  const admin = await startAdmin(context, [file, '--workers', '1'])
  const [port = 0] = admin.ports
  const first = ask(port, { path: '/busy' })
  while (held.length === 0) await new Promise((resolve) => setTimeout(resolve, 5))
  assert.equal((await ask(port, { path: '/busy' })).status, 503)
  const busy = { upstream: 'busy' }
  await scrapeUntil(admin, (one) => {
    return (
      one.sum('sluice_upstream_circuit_active_requests', busy) === 1 &&
      one.sum('sluice_upstream_circuit_refused_requests_total', { ...busy, reason: 'limit' }) === 1
    )
  })
  held[0]?.end('x')
  await first
  for (let i = 0; i < 4; i++) assert.equal((await ask(port, { path: '/hedged' })).body, 'b')
  assert.equal((await ask(port)).status, 503)
  const connection = await connectRaw(context, port)
  connection.write('nonsense\r\n\r\n')
  await connection.message()
  await scrapeUntil(admin, (one) => {
    const hedged = { upstream: 'hedged' }
    const refused = { listener: 'web', reason: 'invalid' }
    return (
      one.sum('sluice_upstream_circuit_active_requests', busy) === 0 &&
      one.sum('sluice_upstream_hedges_total', hedged) === slow.requests - 1 &&
      one.sum('sluice_upstream_hedges_won_total', hedged) === slow.requests - 1 &&
      one.sum('sluice_upstream_refused_retries_total', { upstream: 'poor' }) === 1 &&
      one.sum('sluice_upstream_retry_budget', { upstream: 'poor' }) === 0 &&
      one.sum('sluice_upstream_retry_budget', hedged) > 0 &&
      one.find('sluice_upstream_retry_budget', busy).length === 0 &&
      one.sum('sluice_listener_refused_requests_total', refused) === 1
    )
  })
})

test('connections are counted by listener, and bytes of those that are not HTTP', async (context) => {
  const server = await AppServer.start(context, 'hello')
  const config = {
    listeners: [
      { address: '127.0.0.1:0', name: 'plain', protocol: 'tcp', upstream: 'app' },
      { address: '127.0.0.1:0', name: 'web', upstream: 'app' },
    ],
    upstreams: { app: { endpoints: [server.address] } },
  }
  const file = join(temporaryFolder(context), 'lb.json')
  writeFileSync(file, JSON.stringify(config))
  const admin = await startAdmin(context, [file, '--workers', '2'], 2)
  const [plain = 0, web = 0] = admin.ports
  const client = await connectRaw(context, plain)
  const request = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
  client.write(request)
  const { size } = await client.message()
  await ask(web)
  await scrapeUntil(admin, (one) => {
    const [tcp, http] = [{ listener: 'plain' }, { listener: 'web' }]
    return (
      one.sum('sluice_listener_connections_total', tcp) === 1 &&
      one.sum('sluice_listener_open_connections', tcp) === 1 &&
      one.sum('sluice_listener_tcp_received_bytes_total', tcp) === request.length &&
      one.sum('sluice_listener_tcp_sent_bytes_total', tcp) === size &&
      one.sum('sluice_listener_connections_total', http) === 1 &&
      one.sum('sluice_listener_open_connections', http) === 0 &&
      one.sum('sluice_listener_tcp_sent_bytes_total', http) === 0
    )
  })
  client.socket.destroy()
  await scrapeUntil(admin, (one) => {
    const labels = { listener: 'plain' }
    return (
      one.sum('sluice_listener_open_connections', labels) === 0 &&
      one.sum('sluice_listener_connection_duration_seconds_count', labels) === 1 &&
      one.sum('sluice_listener_connection_duration_seconds_sum', labels) > 0 &&
      one.sum('sluice_listener_connection_duration_seconds_bucket', { ...labels, le: '+Inf' }) === 1
    )
  })
})
