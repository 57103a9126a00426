import assert from 'node:assert/strict'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { findFreePort } from '../../../bench/load/process/free-port.ts'
import { temporaryFolder } from '../../support/temporary-script.ts'
import { AppServer } from '../support/app-server.ts'
import { ask } from '../support/load.ts'
import { scrapeUntil } from '../support/scrape.ts'
import { startAdmin } from '../support/start-admin.ts'

test('copies count for the upstream that gets them, and for nobody else', async (context) => {
  const primary = await AppServer.start(context, 'p')
  const shadow = await AppServer.start(context, 's')
  shadow.handler = (_, response) => response.writeHead(500).end('shadow')
  const folder = temporaryFolder(context)
  const log = join(folder, 'access.log')
  const config = {
    listeners: [
      {
        address: '127.0.0.1:0',
        routes: [
          { match: { path: { prefix: '/gone' } }, upstream: 'p', mirror: { upstream: 'gone' } },
          { upstream: 'p', mirror: { upstream: 'shadow' } },
        ],
      },
    ],
    upstreams: {
      p: { endpoints: [primary.address] },
      shadow: { endpoints: [shadow.address] },
      gone: { endpoints: [`127.0.0.1:${await findFreePort()}`] },
    },
    accessLog: { path: log, format: '{target} {status} {upstream}' },
  }
  const file = join(folder, 'lb.json')
  writeFileSync(file, JSON.stringify(config))
  const admin = await startAdmin(context, [file, '--workers', '1'])
  const [port = 0] = admin.ports
  for (const path of ['/a', '/b', '/gone']) assert.equal((await ask(port, { path })).body, 'p')
  const found = await scrapeUntil(admin, (one) => {
    return (
      one.sum('sluice_upstream_requests_total', { upstream: 'shadow', code: '5xx' }) === 2 &&
      one.sum('sluice_upstream_failed_requests_total', { upstream: 'gone' }) === 1 &&
      one.sum('sluice_listener_requests_total') === 3
    )
  })
  const inShadow = { upstream: 'shadow', endpoint: shadow.address }
  assert.equal(found.sum('sluice_endpoint_requests_total', inShadow), 2)
  assert.equal(found.sum('sluice_endpoint_duration_seconds_count', inShadow), 2)
  assert.equal(found.sum('sluice_upstream_requests_total', { upstream: 'p' }), 3)
  assert.equal(found.sum('sluice_listener_requests_total', { code: '2xx' }), 3)
  assert.equal(found.sum('sluice_listener_active_requests'), 0)
  admin.sluice.signal('SIGTERM')
  await admin.sluice.exit()
  assert.deepEqual(readFileSync(log, 'utf8').trim().split('\n').sort(), [
    '/a 200 p',
    '/b 200 p',
    '/gone 200 p',
  ])
})
