import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { temporaryFolder } from '../../support/temporary-script.ts'
import { type ByteStream, connectRaw } from '../support/byte-stream.ts'
import { response, startRawServer } from '../support/raw-server.ts'
import { startLb } from '../support/start-lb.ts'

test('the id that the endpoint is told', async (context) => {
  const path = join(temporaryFolder(context), 'access.log')
  const upstream = await startRawServer(context)
  const options = ['--access-log', path, '--access-log-format', '{id}', '--request-id']
  const { port, sluice } = await startLb(context, [upstream], ...options)
  const client = await connectRaw(context, port)
  const told: (string | undefined)[] = []
  let peer: ByteStream | null = null
  for (const field of ['', 'X-Request-Id: mine\r\n']) {
    client.write(`GET / HTTP/1.1\r\nHost: a\r\n${field}\r\n`)
    peer ??= await upstream.connection()
    told.push((await peer.message()).field('x-request-id'))
    peer.write(response('ok'))
    await client.message()
  }
  assert.match(told[0] ?? '', /^[0-9a-f-]{36}$/)
  assert.equal(told[1], 'mine')
  client.socket.destroy()
  sluice.signal('SIGTERM')
  await sluice.exit()
  assert.equal(readFileSync(path, 'latin1'), `${told.join('\n')}\n`)
})

test('the traceparent that the endpoint is told, the client has one or not', async (context) => {
  const path = join(temporaryFolder(context), 'access.log')
  const upstream = await startRawServer(context)
  const options = ['--access-log', path, '--access-log-format', '{traceparent}', '--traceparent']
  const { port, sluice } = await startLb(context, [upstream], ...options)
  const client = await connectRaw(context, port)
  const told: (string | undefined)[] = []
  let peer: ByteStream | null = null
  const own = `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01`
  for (const field of ['', 'traceparent: no\r\n', `traceparent: ${own}\r\n`]) {
    client.write(`GET / HTTP/1.1\r\nHost: a\r\n${field}\r\n`)
    peer ??= await upstream.connection()
    told.push((await peer.message()).field('traceparent'))
    peer.write(response('ok'))
    await client.message()
  }
  assert.match(told[0] ?? '', /^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/)
  assert.notEqual(told[1], told[0])
  assert.equal(told[2], own)
  client.socket.destroy()
  sluice.signal('SIGTERM')
  await sluice.exit()
  assert.equal(readFileSync(path, 'latin1'), `${told.join('\n')}\n`)
})
