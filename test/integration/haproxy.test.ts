import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { findFreePort } from '../../bench/load/process/free-port.ts'
import { connectRaw } from './support/byte-stream.ts'
import { curl } from './support/curl.ts'
import { startHaproxy } from './support/haproxy.ts'
import { startNginx } from './support/nginx.ts'
import { startLb } from './support/start-lb.ts'

test('between HAProxy in front and nginx behind', async (context) => {
  const nginx = await startNginx(context, 'location /small { return 200 "small\n"; }')
  const body = randomBytes(1_500_000)
  writeFileSync(join(nginx.root, 'file.bin'), body)
  const lb = await startLb(context, [nginx.address])
  const port = await startHaproxy(context, `127.0.0.1:${lb.port}`)
  const url = `http://127.0.0.1:${port}`
  const urls = Array.from({ length: 20 }, (_, i) => `${url}/small?${i}`)
  assert.equal((await curl(...urls)).stdout, 'small\n'.repeat(20))
  assert.ok(Buffer.from((await curl(`${url}/file.bin`)).stdout, 'latin1').equals(body))
  assert.match((await curl('-I', `${url}/file.bin`)).stdout, /content-length: 1500000/i)
})

test('in front of HAProxy, whose endpoint goes away', async (context) => {
  const nginx = await startNginx(context, 'location / { return 200 "fine\n"; }')
  const good = await startHaproxy(context, nginx.address)
  const bad = await startHaproxy(context, `127.0.0.1:${await findFreePort()}`)
  const { port } = await startLb(context, [`127.0.0.1:${good}`, `127.0.0.1:${bad}`])
  const client = await connectRaw(context, port)
  const statuses = []
  for (let i = 0; i < 6; i++) {
    statuses.push((await client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n').message()).status)
  }
  // HAProxy's own 503 is an answer like any other: it is passed on.
  assert.deepEqual(statuses.sort(), [200, 200, 200, 503, 503, 503])
})
