import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { startSluice } from '../support/sluice-process.ts'
import { temporaryFolder } from '../support/temporary-script.ts'
import { exchange } from './support/byte-stream.ts'
import { curl } from './support/curl.ts'
import { answering, response, startRawServer } from './support/raw-server.ts'
import { startLb } from './support/start-lb.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

test('Unix sockets: endpoint and listener, with curl', async (context) => {
  const folder = temporaryFolder(context)
  const upstream = await startRawServer(
    context,
    answering((line) => response(line)),
    { path: join(folder, 'upstream.sock') },
  )
  const listen = join(folder, 'lb.sock')
  const args = ['lb', '--listen', `unix:${listen}`, '--to', upstream.address, '--workers', '2']
  const sluice = startSluice(context, args)
  await sluice.line(/Listening on unix:.*lb\.sock/)
  for (let i = 0; i < 4; i++) {
    const { stdout } = await curl('--unix-socket', listen, `http://a/${i}`)
    assert.equal(stdout, `GET /${i} HTTP/1.1`)
  }
  assert.equal((await exchange(context, { path: listen }, GET)).body, 'GET / HTTP/1.1')
  sluice.signal('SIGTERM')
  assert.equal((await sluice.exit()).status, 0)
  assert.equal(existsSync(listen), false)
})

test('IPv6: endpoint and listener', async (context) => {
  const upstream = await startRawServer(
    context,
    answering(() => response('six')),
    { host: '::1', port: 0 },
  )
  const args = ['lb', '--listen', '[::1]:0', '--to', `[::1]:${upstream.port}`, '--workers', '1']
  const sluice = startSluice(context, args)
  const [port = 0] = await sluice.ports()
  assert.equal((await exchange(context, { host: '::1', port }, GET)).body, 'six')
  assert.equal((await curl(`http://[::1]:${port}/`)).stdout, 'six')
})

test('a host name as an endpoint', async (context) => {
  const upstream = await startRawServer(
    context,
    answering(() => response('named')),
  )
  const { port } = await startLb(context, [`localhost:${upstream.port}`])
  assert.equal((await exchange(context, port, GET)).body, 'named')
})

test('several listeners share the endpoints', async (context) => {
  const upstream = await startRawServer(
    context,
    answering(() => response('ok')),
  )
  const listeners = ['--listen', '127.0.0.1:0', '--listen', '127.0.0.1:0']
  const sluice = startSluice(context, ['lb', ...listeners, '--to', upstream.address, '-w', '2'])
  const ports = await sluice.ports(2)
  assert.equal(new Set(ports).size, 2)
  for (const port of ports) assert.equal((await exchange(context, port, GET)).body, 'ok')
})
