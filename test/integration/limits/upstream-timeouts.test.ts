import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connectRaw } from '../support/byte-stream.ts'
import { response, startRawServer } from '../support/raw-server.ts'
import { startLb } from '../support/start-lb.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

test('a response that stops in its middle has a time-out of its own', async (context) => {
  const upstream = await startRawServer(context)
  const { port, sluice } = await startLb(context, [upstream], '--progress-timeout', '300ms')
  const client = await connectRaw(context, port)
  client.write(GET)
  const connection = await upstream.connection()
  await connection.message()
  connection.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab')
  await client.through('ab')
  assert.equal(await client.over(), 'reset')
  assert.equal(await connection.over(), 'reset')
  sluice.signal('SIGTSTP')
  await sluice.line(/^responseBodyTimeouts +1$/m)
})

test('a response that has begun is not judged by the time to begin it', async (context) => {
  const upstream = await startRawServer(context)
  const options = ['--response-timeout', '300ms', '--progress-timeout', '30s']
  const { port } = await startLb(context, [upstream], ...options)
  const client = await connectRaw(context, port)
  client.write(GET)
  const connection = await upstream.connection()
  await connection.message()
  connection.write('HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\nab')
  await client.through('ab')
  await new Promise((resolve) => setTimeout(resolve, 1200))
  connection.write('cd')
  await client.through('cd')
})

test('an upstream that is silent is answered for: 504', async (context) => {
  const upstream = await startRawServer(context)
  const { port, sluice } = await startLb(context, [upstream], '--response-timeout', '300ms')
  const client = await connectRaw(context, port)
  assert.equal((await client.write(GET).message()).status, 504)
  sluice.signal('SIGTSTP')
  await sluice.line(/^responseTimeouts +1$/m)
})

test('an upstream is not blamed for a client that takes its time with its request', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startLb(context, [upstream], '--response-timeout', '300ms')
  const client = await connectRaw(context, port)
  client.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\n\r\nab')
  const connection = await upstream.connection()
  await connection.through('ab')
  await new Promise((resolve) => setTimeout(resolve, 1200))
  client.write('cd')
  await connection.through('cd')
  connection.write(response('thanks'))
  assert.equal((await client.message()).body, 'thanks')
})
