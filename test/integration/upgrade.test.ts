import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { describe, type TestContext, test } from 'node:test'
import { type ByteStream, connectRaw } from './support/byte-stream.ts'
import {
  checkGrowth,
  eventually,
  peakResidentBytes,
  residentBytes,
} from './support/process-facts.ts'
import { type RawServer, response, startRawServer } from './support/raw-server.ts'
import { type RunningLb, startLb } from './support/start-lb.ts'
import { startScript } from './support/start-script.ts'
import { ASK, LISTEN, type Start, SWITCH, WAYS } from './support/upgrade-ways.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
interface Tunnel extends RunningLb {
  client: ByteStream
  peer: ByteStream
  upstream: RawServer
}

async function openTunnel(context: TestContext, start: Start, idle?: number): Promise<Tunnel> {
  const upstream = await startRawServer(context)
  const running = await start(context, upstream.address, idle)
  const client = await connectRaw(context, running.port)
  client.write(ASK)
  const peer = await upstream.connection()
  await peer.message()
  peer.write(SWITCH)
  await client.message()
  return { ...running, client, peer, upstream }
}

for (const [way, start] of Object.entries(WAYS)) {
  describe(`upgrade through ${way}`, () => {
    test('both heads tell of it, and bytes pass both ways', async (context) => {
      const upstream = await startRawServer(context)
      const { port } = await start(context, upstream.address)
      const client = await connectRaw(context, port)
      client.write(ASK)
      const peer = await upstream.connection()
      const request = await peer.message()
      assert.equal(request.startLine, 'GET /chat HTTP/1.1')
      assert.equal(request.field('upgrade'), 'echo')
      assert.equal(request.field('connection')?.toLowerCase(), 'upgrade')
      peer.write(`${SWITCH}early`)
      const answer = await client.message()
      assert.equal(answer.startLine, 'HTTP/1.1 101 Switching Protocols')
      assert.equal(answer.field('upgrade'), 'echo')
      assert.equal(answer.field('connection')?.toLowerCase(), 'upgrade')
      assert.equal(answer.field('x'), 'y')
      assert.equal(await client.take(5), 'early')
      for (const text of ['GET / HTTP/1.1\r\n\r\n', '\x00\xff', 'x']) {
        client.write(text)
        assert.equal(await peer.take(text.length), text)
        peer.write(text)
        assert.equal(await client.take(text.length), text)
      }
    })

    test('what is sent before the answer is kept for the other protocol', async (context) => {
      const upstream = await startRawServer(context)
      const { port } = await start(context, upstream.address)
      const client = await connectRaw(context, port)
      client.write(`${ASK}GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n`)
      const peer = await upstream.connection()
      await peer.message()
      client.write('more').end()
      peer.write(SWITCH)
      await client.message()
      assert.equal(await peer.rest(), 'GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\nmore')
      peer.end('bye')
      assert.equal(await client.rest(), 'bye')
      assert.equal(upstream.accepted, 1)
    })

    test('the client ends first, and gets the rest', async (context) => {
      const { client, peer } = await openTunnel(context, start)
      client.end('last')
      assert.equal(await peer.rest(), 'last')
      peer.write('one').end('two')
      assert.equal(await client.rest(), 'onetwo')
    })

    test('the server ends first, and gets the rest', async (context) => {
      const { client, peer } = await openTunnel(context, start)
      peer.end('last')
      assert.equal(await client.rest(), 'last')
      client.write('one').end('two')
      assert.equal(await peer.rest(), 'onetwo')
    })

    test('a reset on one side is one on the other', async (context) => {
      const first = await openTunnel(context, start)
      first.client.reset()
      assert.equal(await first.peer.over(), 'reset')
      const second = await openTunnel(context, start)
      second.peer.reset()
      assert.equal(await second.client.over(), 'reset')
    })

    test('a tunnel in which nothing moves is closed', async (context) => {
      const { client, peer } = await openTunnel(context, start, 0.3)
      await Promise.all([client.over(), peer.over()])
    })

    test('an answer other than 101 leaves the connection to HTTP', async (context) => {
      const upstream = await startRawServer(context)
      const { port } = await start(context, upstream.address)
      const client = await connectRaw(context, port)
      client.write(ASK)
      const peer = await upstream.connection()
      await peer.message()
      peer.write(response('no'))
      assert.equal((await client.message()).body, 'no')
      client.write(GET)
      const next = way.includes('one pipeline') ? peer : await upstream.connection()
      assert.equal((await next.message()).startLine, 'GET / HTTP/1.1')
      next.write(response('yes'))
      assert.equal((await client.message()).body, 'yes')
    })

    test('an answer other than 101 to who did not wait ends the connection', async (context) => {
      const upstream = await startRawServer(context)
      const { port } = await start(context, upstream.address)
      const client = await connectRaw(context, port)
      client.write(`${ASK}GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n`)
      const peer = await upstream.connection()
      await peer.message()
      peer.write(response('no'))
      const answer = await client.message()
      assert.equal(answer.body, 'no')
      assert.equal(answer.field('connection'), 'close')
      await client.over()
      assert.equal(client.untaken, '')
      assert.equal(peer.untaken, '', 'nothing of the other protocol was taken for a request')
    })

    test('a slow reader holds up the writer, in both directions', async (context) => {
      const { client, peer, sluice } = await openTunnel(context, start)
      const bytes = Buffer.alloc(64 << 20, 'sluice')
      const before = residentBytes(sluice.child.pid)
      for (const [from, to] of [
        [client, peer],
        [peer, client],
      ] as const) {
        to.socket.pause()
        from.write(bytes)
        // It stops when all buffers between the two are full: nothing tells of that but the figures.
        let sent = -1
        await eventually(
          () => {
            const isStuck = from.socket.bytesWritten - from.socket.writableLength === sent
            sent = from.socket.bytesWritten - from.socket.writableLength
            return isStuck && sent > 0
          },
          () => 'the writer is held up',
        )
        to.socket.removeAllListeners('data')
        const hash = createHash('sha1')
        let left = bytes.length
        to.socket.on('data', (data) => {
          hash.update(data)
          left -= data.length
        })
        to.socket.resume()
        await eventually(
          () => left === 0,
          () => `${left} bytes have not come`,
        )
        assert.equal(hash.digest('hex'), createHash('sha1').update(bytes).digest('hex'))
      }
      const grown = peakResidentBytes(sluice.child.pid) - before
      checkGrowth(context, grown, 32 << 20)
    })
  })
}

for (const way of ['lb', 'a script with demux and mux']) {
  test(`${way}: a tunnel has a connection of its own, which nobody uses again`, async (context) => {
    const start = WAYS[way] as Start
    const { client, peer, port, upstream } = await openTunnel(context, start)
    const other = await connectRaw(context, port)
    other.write(GET)
    const pooled = await upstream.connection()
    await pooled.message()
    pooled.write(response('one'))
    assert.equal((await other.message()).body, 'one')
    client.end()
    await peer.rest()
    peer.end()
    await client.rest()
    for (const body of ['two', 'three']) {
      other.write(GET)
      await pooled.message()
      pooled.write(response(body))
      assert.equal((await other.message()).body, body)
    }
    assert.equal(upstream.accepted, 2)
  })
}

test('a script sees the request, may change both heads, and may take the upgrade away', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startScript(
    context,
    `pipy().${LISTEN}.decodeHttpRequest().demux('request').encodeHttpResponse()
      .pipeline('request')
        .onMessageStart(e => (
          e.head.headers['x-seen'] = e.head.headers.upgrade,
          e.head.path === '/no' && delete e.head.headers.upgrade
        ))
        .mux('upstream')
        .replaceMessageStart(e => (e.head.headers['x-answer'] = String(e.head.status), e))
      .pipeline('upstream').encodeHttpRequest().connect('${upstream.address}').decodeHttpResponse()`,
  )
  const client = await connectRaw(context, port)
  client.write(ASK)
  const peer = await upstream.connection()
  const request = await peer.message()
  assert.equal(request.field('x-seen'), 'echo')
  assert.equal(request.field('upgrade'), 'echo')
  assert.equal(request.field('connection'), 'upgrade')
  peer.write(`${SWITCH}a`)
  const answer = await client.message()
  assert.equal(answer.field('x-answer'), '101')
  assert.equal(answer.field('upgrade'), 'echo')
  assert.equal(answer.field('connection'), 'upgrade')
  assert.equal(await client.take(1), 'a')

  const refused = await connectRaw(context, port)
  refused.write(ASK.replace('/chat', '/no'))
  const plain = await upstream.connection()
  const without = await plain.message()
  assert.equal(without.field('x-seen'), 'echo')
  assert.deepEqual([...without.all('upgrade'), ...without.all('connection')], [])
  plain.write(SWITCH)
  assert.equal((await refused.message()).status, 502)
})

test('a script that answers by itself leaves the connection to HTTP', async (context) => {
  const { port } = await startScript(
    context,
    `pipy().${LISTEN}.decodeHttpRequest().replaceMessage(new Message('hi')).encodeHttpResponse()`,
  )
  const client = await connectRaw(context, port)
  for (let i = 0; i < 3; i++) {
    client.write(ASK)
    assert.equal((await client.message()).body, 'hi')
    client.write(GET)
    assert.equal((await client.message()).body, 'hi')
  }
})

test('h2c is not offered on, CONNECT is refused, a body takes the upgrade away', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startLb(context, [upstream])
  const client = await connectRaw(context, port)
  client.write(ASK.replace('Upgrade: echo', 'Upgrade: h2c'))
  const peer = await upstream.connection()
  assert.deepEqual((await peer.message()).all('upgrade'), [])
  peer.write(response('h1'))
  assert.equal((await client.message()).body, 'h1')
  client.write(ASK.replace('GET', 'POST').replace('\r\n\r\n', '\r\nContent-Length: 1\r\n\r\nx'))
  assert.deepEqual((await peer.message()).all('upgrade'), [])
  peer.write(response('posted'))
  assert.equal((await client.message()).body, 'posted')
  client.write('CONNECT a:1 HTTP/1.1\r\nHost: a:1\r\n\r\n')
  assert.equal((await client.message()).status, 405)
})
