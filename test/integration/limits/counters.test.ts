import assert from 'node:assert/strict'
import { connect } from 'node:net'
import { type TestContext, test } from 'node:test'
import { closeFd, localAddress, openListener } from '../../../src/native/addon.ts'
import { connectRaw, exchange } from '../support/byte-stream.ts'
import { startRawServer } from '../support/raw-server.ts'
import { startLb } from '../support/start-lb.ts'
import { countedOnce } from './support.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

/** An address whose queue of connections is full and never looked at: the kernel drops handshakes. */
function deafAddress(context: TestContext): string {
  const fd = openListener({ host: '127.0.0.1', backlog: 1 })
  context.after(() => closeFd(fd))
  const { port } = localAddress(fd)
  for (let i = 0; i < 8; i++) {
    const socket = connect(port, '127.0.0.1').on('error', () => {})
    context.after(() => socket.destroy())
  }
  return `127.0.0.1:${port}`
}

test('an upstream that does not take connections: 504, counted', async (context) => {
  const { port, sluice } = await startLb(
    context,
    [deafAddress(context)],
    ...['--connect-timeout', '300ms'],
  )
  assert.equal((await exchange(context, port, GET)).status, 504)
  sluice.signal('SIGTSTP')
  // It is tried once more.
  await sluice.line(/^connectTimeouts +2$/m)
})

test('a request that is malformed is counted', async (context) => {
  const upstream = await startRawServer(context)
  const { port, sluice } = await startLb(context, [upstream])
  assert.equal((await exchange(context, port, 'GET / HTTP/1.1\r\n\r\n')).status, 400)
  await countedOnce(sluice, 'badRequests')
})

test('a response that is malformed is counted', async (context) => {
  const upstream = await startRawServer(context)
  const { port, sluice } = await startLb(context, [upstream])
  const client = await connectRaw(context, port)
  client.write(GET)
  const connection = await upstream.connection()
  await connection.message()
  connection.write('HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\n')
  assert.equal((await client.message()).status, 502)
  await countedOnce(sluice, 'badResponses')
})
