import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { connectRaw } from './support/byte-stream.ts'
import { response, startRawServer } from './support/raw-server.ts'
import { ASK, SWITCH, WAYS } from './support/upgrade-ways.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

for (const [way, start] of Object.entries(WAYS)) {
  describe(`the protocols of an upgrade through ${way}`, () => {
    test('a 101 names a protocol that was asked for, or is a broken answer', async (context) => {
      const upstream = await startRawServer(context)
      const { port } = await start(context, upstream.address)
      for (const lines of [
        'Connection: upgrade\r\nUpgrade: h2c\r\n',
        'Connection: upgrade\r\nUpgrade: echo, h2c\r\n',
        'Connection: upgrade\r\nUpgrade: echo\r\nUpgrade: other\r\n',
        'Connection: upgrade\r\nUpgrade: ech\r\n',
        'Connection: upgrade\r\nUpgrade: echo/1\r\n',
        'Connection: upgrade\r\nUpgrade: "echo"\r\n',
        'Connection: upgrade\r\n',
        'Connection: upgrade\r\nUpgrade: echo\r\nContent-Length: 5\r\n',
        'Connection: upgrade\r\nUpgrade: echo\r\nTransfer-Encoding: chunked\r\n',
      ]) {
        const client = await connectRaw(context, port)
        client.write(`${ASK}early`)
        const peer = await upstream.connection()
        await peer.message()
        peer.write(`HTTP/1.1 101 Switching Protocols\r\n${lines}\r\nhello`)
        assert.equal((await client.message()).status, 502, lines)
        await peer.over()
        await client.over()
        assert.equal(peer.untaken + client.untaken, '', lines)
      }
    })

    test('a 101 names its protocol in any case, and one of several', async (context) => {
      const upstream = await startRawServer(context)
      const { port } = await start(context, upstream.address)
      const client = await connectRaw(context, port)
      client.write(ASK.replace('Upgrade: echo', 'Upgrade: Other/1\r\nUpgrade: more, eChO'))
      const peer = await upstream.connection()
      assert.deepEqual((await peer.message()).all('upgrade'), ['Other/1', 'more, eChO'])
      peer.write(`${SWITCH}early`)
      assert.equal((await client.message()).status, 101)
      assert.equal(await client.take(5), 'early')
    })

    test('an Upgrade that is no list of protocols is not passed on', async (context) => {
      const upstream = await startRawServer(context)
      const { port } = await start(context, upstream.address)
      const client = await connectRaw(context, port)
      client.write(ASK.replace('Upgrade: echo', 'Upgrade: echo, "h2c"'))
      const peer = await upstream.connection()
      const request = await peer.message()
      assert.deepEqual([...request.all('upgrade'), ...request.all('connection')], [])
      peer.write(response('no'))
      assert.equal((await client.message()).body, 'no')
      client.write(GET)
      await peer.message()
      peer.write(response('yes'))
      assert.equal((await client.message()).body, 'yes')
    })
  })
}
