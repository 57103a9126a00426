import assert from 'node:assert/strict'
import { join } from 'node:path'
import { describe, test } from 'node:test'
import { temporaryFolder } from '../../support/temporary-script.ts'
import { connectRaw } from '../support/byte-stream.ts'
import { response, startRawServer } from '../support/raw-server.ts'
import { startLb } from '../support/start-lb.ts'
import { startScript } from '../support/start-script.ts'
import { GET, LOCAL, lineOf, SIGNATURE } from './support.ts'

describe('connections to endpoints', () => {
  test('serve the requests of one client each, and end with it', async (context) => {
    const upstream = await startRawServer(context)
    const { port } = await startLb(context, [upstream], '--accept-proxy', '--send-proxy', 'v1')
    const clients = []
    const connections = []
    for (const address of ['192.0.2.1', '192.0.2.2']) {
      const client = await connectRaw(context, port)
      client.write(lineOf(address) + GET)
      const connection = await upstream.connection()
      assert.equal(await connection.through('\r\n'), lineOf(address))
      await connection.message()
      connection.write(response('first'))
      assert.equal((await client.message()).body, 'first')
      clients.push(client)
      connections.push(connection)
    }
    for (const [i, client] of clients.entries()) {
      client.write(GET)
      await connections[i]?.message()
      connections[i]?.write(response('second'))
      assert.equal((await client.message()).body, 'second')
    }
    assert.equal(upstream.accepted, 2)
    clients[0]?.end()
    assert.equal(await connections[0]?.rest(), '')
    clients[1]?.write(GET)
    await connections[1]?.message()
    // The second client goes before it is answered.
    clients[1]?.reset()
    await connections[1]?.over()
  })

  test('of scripts, which share them by a key of their own', async (context) => {
    const upstream = await startRawServer(context)
    const { port } = await startScript(
      context,
      `pipy()
        .listen(0, { host: '127.0.0.1', proxyProtocol: true })
        .decodeHttpRequest().demux('request').encodeHttpResponse()
        .pipeline('request').mux('session', () => 'the only one')
        .pipeline('session').link('connection')
        .pipeline('connection')
        .encodeHttpRequest().connect('${upstream.address}', { proxyProtocol: 'v1' }).decodeHttpResponse()`,
    )
    for (const address of ['192.0.2.1', '192.0.2.2']) {
      const client = await connectRaw(context, port)
      client.write(lineOf(address) + GET)
      const connection = await upstream.connection()
      assert.equal(await connection.through('\r\n'), lineOf(address))
      for (const body of ['one', 'two']) {
        if (body === 'two') client.write(GET)
        await connection.message()
        connection.write(response(body))
        assert.equal((await client.message()).body, body)
      }
    }
  })

  test('of a task: it works for nobody', async (context) => {
    const upstream = await startRawServer(context)
    await startScript(
      context,
      `pipy()
        .listen(0, { host: '127.0.0.1' }).dummy()
        .task('1s').onSessionStart(() => new Data('hello'))
        .connect('${upstream.address}', { proxyProtocol: 'v2', eager: true })`,
    )
    const connection = await upstream.connection()
    assert.equal(await connection.take(LOCAL.length), LOCAL)
  })

  test('of a client of a Unix socket: nobody knows who it is', async (context) => {
    const upstream = await startRawServer(context)
    const path = join(temporaryFolder(context), 'listener.sock')
    const listen = ['--listen', `unix:${path}`]
    await startLb(context, [upstream], '--tcp', '--send-proxy', 'v2', ...listen)
    await connectRaw(context, { path })
    const connection = await upstream.connection()
    assert.equal(await connection.take(16), `${SIGNATURE}\x21\0\0\0`)
  })
})
