import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../../support/temporary-script.ts'
import { connectRaw } from '../support/byte-stream.ts'
import { startRawServer } from '../support/raw-server.ts'
import { startConfig } from '../support/start-config.ts'

test('a tunnel through routes, changed headers and a log, which tells of all of it', async (context) => {
  const upstream = await startRawServer(context)
  const path = join(temporaryFolder(context), 'access.log')
  const { ports, sluice } = await startConfig(context, {
    listeners: [{ address: '127.0.0.1:0' }],
    routes: [
      { match: { path: { prefix: '/other' } }, respond: { status: 404 } },
      {
        match: { path: { prefix: '/' }, headers: { Upgrade: 'echo' } },
        requestHeaders: { set: { 'X-Asked': 'yes' } },
        responseHeaders: { set: { 'X-Told': 'yes' } },
        upstream: 'a',
      },
      { respond: { body: 'not to be upgraded' } },
    ],
    upstreams: { a: { endpoints: [upstream.address] } },
    accessLog: { path, format: '{status} {request_bytes} {bytes} {end}' },
  })
  const client = await connectRaw(context, ports[0] as number)
  client.write('GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n')
  const peer = await upstream.connection()
  const request = await peer.message()
  assert.equal(request.field('upgrade'), 'echo')
  assert.equal(request.field('x-asked'), 'yes')
  peer.write(
    'HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\nearly',
  )
  const answer = await client.message()
  assert.equal(answer.field('upgrade'), 'echo')
  assert.equal(answer.field('x-told'), 'yes')
  assert.equal(await client.take(5), 'early')
  client.end('question')
  assert.equal(await peer.rest(), 'question')
  peer.end('answer')
  assert.equal(await client.rest(), 'answer')
  sluice.signal('SIGTERM')
  await sluice.exit()
  assert.equal(readFileSync(path, 'latin1'), '101 8 11 ok\n')
})
