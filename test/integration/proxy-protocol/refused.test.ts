import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { describe, test } from 'node:test'
import { countedOnce } from '../limits/support.ts'
import { connectRaw } from '../support/byte-stream.ts'
import { startLb } from '../support/start-lb.ts'
import { startScript } from '../support/start-script.ts'
import { BINARY, GET, LINE, lineOf, SIGNATURE, startOk, WHO } from './support.ts'

test('what is no header: the connection is closed, and nothing of it is a request', async (context) => {
  const upstream = await startOk(context)
  const { port, sluice } = await startLb(context, [upstream], '--accept-proxy')
  const cases = {
    'a request': GET,
    'a client hello': '\x16\x03\x01\x02\0\x01',
    'a line without CR': LINE.replace('\r', '') + GET,
    'a line of the wrong family': 'PROXY TCP6 192.0.2.1 198.51.100.7 1234 443\r\n',
    'a line that does not end': `PROXY UNKNOWN ${'x'.repeat(200)}`,
    'version 3': `${SIGNATURE}\x31\x11\0\0`,
    'a header that is too long': `${SIGNATURE}\x21\x11\xff\xff`,
    'addresses that are too short': `${SIGNATURE}\x21\x11\0\x08\xc0\0\x02\x01\xc6\x33\x64\x07`,
  }
  for (const [name, bytes] of Object.entries(cases)) {
    await context.test(name, async () => {
      const client = await connectRaw(context, port)
      client.write(bytes)
      assert.equal(await client.over(), 'reset')
      assert.equal(client.untaken, '')
    })
  }
  await context.test('half of one, and the end', async () => {
    const client = await connectRaw(context, port)
    client.end(BINARY.slice(0, 20))
    assert.equal(await client.over(), 'reset')
  })
  await context.test('nothing, and the end, is how some look whether we listen', async () => {
    const client = await connectRaw(context, port)
    client.end()
    await client.over()
  })
  sluice.signal('SIGTSTP')
  await sluice.line(/^badProxyHeaders +9$/m)
  assert.equal(upstream.accepted, 0)
})

test('half a header and silence: the connection is closed', async (context) => {
  const listen = `listen(0, { host: '127.0.0.1', proxyProtocol: true, timeouts: { handshake: 0.3 } })`
  const { port, sluice } = await startScript(context, `pipy().${listen}.${WHO}`)
  const client = await connectRaw(context, port)
  client.write(LINE.slice(0, 20))
  assert.equal(await client.over(), 'reset')
  await countedOnce(sluice, 'handshakeTimeouts')
})

test('a header of somebody who may send none', async (context) => {
  const listen = `listen(0, { host: '127.0.0.1', proxyProtocol: { from: ['127.0.0.8/30', '::1'] } })`
  const { port, sluice } = await startScript(context, `pipy().${listen}.${WHO}`)
  const trusted = await connectRaw(context, { port, host: '127.0.0.1', localAddress: '127.0.0.9' })
  const { body } = await trusted.write(LINE + GET).message()
  assert.equal(body, '192.0.2.1 1234 198.51.100.7 443')
  // Perhaps it does not even see the connection before it is reset.
  const other = connect({ port, host: '127.0.0.1', localAddress: '127.0.0.12' })
  const [error] = await once(other, 'error')
  assert.equal((error as NodeJS.ErrnoException).code, 'ECONNRESET')
  await countedOnce(sluice, 'untrustedProxies')
})

describe('limits', () => {
  test('of one client are those of whom the header tells', async (context) => {
    const limits = ['--accept-proxy', '--max-connections-per-address', '1']
    const { port, sluice } = await startLb(context, [await startOk(context)], ...limits)
    const ask = async (address: string) => {
      const client = await connectRaw(context, port)
      const { status } = await client.write(lineOf(address) + GET).message()
      return { client, status }
    }
    const first = await ask('192.0.2.1')
    assert.equal(first.status, 200)
    assert.equal((await ask('192.0.2.2')).status, 200)
    const refused = await ask('192.0.2.1')
    assert.equal(refused.status, 503)
    assert.equal(await refused.client.rest(), '')
    await countedOnce(sluice, 'addressLimit')
    first.client.end()
    await first.client.over()
    assert.equal((await ask('192.0.2.1')).status, 200)
  })

  test('of a listener count connections whose header has not come', async (context) => {
    const limits = ['--accept-proxy', '--max-connections', '1']
    const { port, sluice } = await startLb(context, [await startOk(context)], ...limits)
    const first = await connectRaw(context, port)
    const second = await connectRaw(context, port)
    assert.equal((await second.write(LINE + GET).message()).status, 503)
    await countedOnce(sluice, 'connectionsLimit')
    assert.equal((await first.write(LINE + GET).message()).status, 200)
    first.reset()
    const third = await connectRaw(context, port)
    third.write(LINE.slice(0, 9))
    third.reset()
    // One that is gone without its header makes room, too.
    for (;;) {
      const next = await connectRaw(context, port)
      if ((await next.write(LINE + GET).message()).status === 200) break
    }
  })
})
