import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type TestContext, test } from 'node:test'
import { temporaryFolder } from '../support/temporary-script.ts'
import { connectRaw } from './support/byte-stream.ts'
import { curl } from './support/curl.ts'
import { accepts, startNginx } from './support/nginx.ts'
import { closedPort } from './support/raw-server.ts'
import { startLb } from './support/start-lb.ts'

/** Starts HAProxy in front of a server; it is gone with the test. */
async function startHaproxy(context: TestContext, to: string): Promise<number> {
  const port = await closedPort()
  const file = join(temporaryFolder(context), 'haproxy.cfg')
  writeFileSync(
    file,
    `defaults
  mode http
  timeout client 60s
  timeout server 60s
  timeout connect 5s
listen one
  bind 127.0.0.1:${port}
  http-reuse always
  retries 0
  server next ${to}
`,
  )
  const child = spawn('haproxy', ['-db', '-f', file], { stdio: ['ignore', 'ignore', 'pipe'] })
  context.after(async () => {
    if (child.exitCode !== null) return
    child.kill('SIGKILL')
    await once(child, 'close')
  })
  await accepts(child, port)
  return port
}

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
  const bad = await startHaproxy(context, `127.0.0.1:${await closedPort()}`)
  const { port } = await startLb(context, [`127.0.0.1:${good}`, `127.0.0.1:${bad}`])
  const client = await connectRaw(context, port)
  const statuses = []
  for (let i = 0; i < 6; i++) {
    statuses.push((await client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n').message()).status)
  }
  // HAProxy's own 503 is an answer like any other: it is passed on.
  assert.deepEqual(statuses.sort(), [200, 200, 200, 503, 503, 503])
})
