import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../../support/temporary-script.ts'
import { connectRaw } from '../support/byte-stream.ts'
import { startRawServer } from '../support/raw-server.ts'
import { scrapeUntil } from '../support/scrape.ts'
import { startAdmin } from '../support/start-admin.ts'

test('the API and metrics tell how many connections an endpoint has of those it may have', async (context) => {
  const server = await startRawServer(context)
  const config = {
    listeners: [{ address: '127.0.0.1:0', protocol: 'tcp', upstream: 'db' }],
    upstreams: {
      db: {
        endpoints: [{ address: server.address, maxConnections: 2 }],
        circuit: { maxPending: 1 },
      },
    },
  }
  const file = join(temporaryFolder(context), 'lb.json')
  writeFileSync(file, JSON.stringify(config))
  const admin = await startAdmin(context, [file, '--workers', '1'])
  const [port = 0] = admin.ports
  const first = await connectRaw(context, port)
  await connectRaw(context, port)
  await server.arrival(2)
  await connectRaw(context, port)
  // One more than may wait: it is reset, perhaps before anybody has seen it stand.
  await connectRaw(context, port).then(
    (client) => client.over(),
    () => 'reset',
  )
  const [endpoint] = (await admin.call('GET', '/api/v1/upstreams')).json
  assert.deepEqual([endpoint.connections, endpoint.maxConnections], [2, 2])
  const labels = { upstream: 'db' }
  await scrapeUntil(admin, (one) => {
    return (
      one.sum('sluice_endpoint_max_connections', labels) === 2 &&
      one.sum('sluice_endpoint_open_connections', labels) === 2 &&
      one.sum('sluice_upstream_circuit_refused_requests_total', { ...labels, reason: 'limit' }) ===
        1
    )
  })
  first.end()
  ;(await server.connection()).end()
  await server.arrival(3)
})
