import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { findFreePort } from '../../../bench/load/process/free-port.ts'
import { renderStatus } from '../../../src/cli/status-command.ts'
import { temporaryFolder } from '../../support/temporary-script.ts'
import { AppServer } from '../support/app-server.ts'
import { connectRaw } from '../support/byte-stream.ts'
import { ask } from '../support/load.ts'
import { startRawServer } from '../support/raw-server.ts'
import { scrapeUntil } from '../support/scrape.ts'
import { startAdmin } from '../support/start-admin.ts'

test('connections to upstreams and endpoints are counted, and bytes of TCP', async (context) => {
  const server = await startRawServer(context)
  const dead = `127.0.0.1:${await findFreePort()}`
  const app = await AppServer.start(context, 'a')
  const config = {
    listeners: [
      { address: '127.0.0.1:0', protocol: 'tcp', upstream: 'db' },
      { address: '127.0.0.1:0', upstream: 'app' },
    ],
    upstreams: {
      db: { endpoints: [{ address: dead }, { address: server.address }] },
      app: { endpoints: [app.address] },
    },
  }
  const file = join(temporaryFolder(context), 'lb.json')
  writeFileSync(file, JSON.stringify(config))
  const admin = await startAdmin(context, [file, '--workers', '1'], 2)
  const [tcp = 0, http = 0] = admin.ports

  const client = await connectRaw(context, tcp)
  client.write('hello')
  const peer = await server.connection()
  assert.equal(await peer.take(5), 'hello')
  peer.write('welcome')
  assert.equal(await client.take(7), 'welcome')
  const db = { upstream: 'db' }
  const good = { ...db, endpoint: server.address }
  await scrapeUntil(admin, (one) => {
    return (
      one.sum('sluice_upstream_open_connections', db) === 1 &&
      one.sum('sluice_endpoint_open_connections', good) === 1 &&
      one.sum('sluice_endpoint_connections_total', good) === 1 &&
      one.sum('sluice_endpoint_tcp_sent_bytes_total', good) === 5 &&
      one.sum('sluice_endpoint_tcp_received_bytes_total', good) === 7 &&
      one.sum('sluice_upstream_tcp_received_bytes_total', db) === 7
    )
  })
  // The other endpoint is tried by one of two, and then left out.
  const second = await connectRaw(context, tcp)
  ;(await server.connection()).end()
  second.end()
  await scrapeUntil(admin, (one) => {
    const failed = { ...db, endpoint: dead }
    return (
      one.sum('sluice_endpoint_failed_connections_total', failed) === 1 &&
      one.sum('sluice_upstream_failed_connections_total', db) === 1 &&
      one.sum('sluice_upstream_connections_total', db) === 3 &&
      one.sum('sluice_endpoint_open_connections', db) === 1
    )
  })

  assert.equal((await ask(http)).body, 'a')
  await scrapeUntil(admin, (one) => {
    return (
      one.sum('sluice_endpoint_connections_total', { upstream: 'app' }) === 1 &&
      one.sum('sluice_upstream_open_connections', { upstream: 'app' }) === 1 &&
      one.sum('sluice_upstream_tcp_sent_bytes_total', { upstream: 'app' }) === 0
    )
  })
  const stats = (await admin.call('GET', '/api/v1/stats')).json
  const status = (await admin.call('GET', '/api/v1/status')).json
  const lines = renderStatus(status, stats)
  const row = (address: string): string[] => {
    return (lines.find((line) => line.includes(address)) ?? '').split(/ +/).slice(2, 5)
  }
  assert.deepEqual(row(server.address), ['1', '2', '-'])
  assert.deepEqual(row(dead), ['0', '1', '-'])
  assert.deepEqual(row(app.address), ['1', '1', '1'])
})
