import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { connectRaw } from '../support/byte-stream.ts'
import { startConfig } from '../support/start-config.ts'
import { startScript } from '../support/start-script.ts'
import { BINARY, GET, LINE, LINE6, LOCAL, lineOf, startOk, UNKNOWN } from './support.ts'

/** Status of the answer to a request behind a header; 0 if the connection is closed. */
async function statusFor(context: TestContext, port: number, header: string): Promise<number> {
  const client = await connectRaw(context, port)
  client.write(header + GET)
  const closed = client.over().then(() => 0)
  const answered = client.message().then(({ status }) => status)
  answered.catch(() => {})
  const status = await Promise.race([answered, closed])
  client.socket.destroy()
  return status
}

test('a listener and its routes let in whom the header tells of', async (context) => {
  const upstream = await startOk(context)
  const { ports } = await startConfig(context, {
    listeners: [
      {
        address: '127.0.0.1:0',
        proxyProtocol: true,
        access: { deny: ['192.0.2.8/30', '2001:db8::/64'] },
        routes: [{ upstream: 'app', access: { allow: ['192.0.2.0/24'] } }],
      },
      {
        address: '127.0.0.1:0',
        proxyProtocol: true,
        access: { allow: ['192.0.2.1'] },
        protocol: 'tcp',
        upstream: 'app',
      },
    ],
    upstreams: { app: { endpoints: [upstream.address] } },
  })
  const [http = 0, tcp = 0] = ports
  const cases: readonly [header: string, http: number, tcp: number][] = [
    [LINE, 200, 200],
    [BINARY, 200, 200],
    [lineOf('192.0.2.9'), 0, 0],
    [LINE6, 0, 0],
    [lineOf('203.0.113.1'), 403, 0],
    // These tell of nobody: it is the peer, 127.0.0.1, that no list has.
    [UNKNOWN, 403, 0],
    [LOCAL, 403, 0],
  ]
  for (const [header, ofHttp, ofTcp] of cases) {
    await context.test(JSON.stringify(header), async () => {
      assert.equal(await statusFor(context, http, header), ofHttp)
      assert.equal(await statusFor(context, tcp, header), ofTcp)
    })
  }
  assert.equal(upstream.accepted > 0, true)
})

test('who may tell is a question of its own: the peer, whom the lists do not mention', async (context) => {
  const upstream = await startOk(context)
  const { ports } = await startConfig(context, {
    listeners: [
      {
        address: '127.0.0.1:0',
        proxyProtocol: { from: ['127.0.0.1'] },
        access: { deny: ['127.0.0.1'] },
        upstream: 'app',
      },
    ],
    upstreams: { app: { endpoints: [upstream.address] } },
  })
  assert.equal(await statusFor(context, ports[0] ?? 0, LINE), 200)
  assert.equal(await statusFor(context, ports[0] ?? 0, lineOf('127.0.0.1')), 0)
})

test('scripts let in by the option of listen, and by a filter', async (context) => {
  const { port } = await startScript(
    context,
    `pipy()
      .listen(0, { host: '127.0.0.1', proxyProtocol: true, access: { deny: ['192.0.2.3'] } })
      .decodeHttpRequest().demux('request').encodeHttpResponse()
      .pipeline('request').limitAccess('let in', { deny: ['192.0.2.2', '127.0.0.1'] })
      .pipeline('let in').replaceMessage(() => new Message('ok'))`,
  )
  assert.equal(await statusFor(context, port, LINE), 200)
  assert.equal(await statusFor(context, port, lineOf('192.0.2.2')), 403)
  assert.equal(await statusFor(context, port, lineOf('192.0.2.3')), 0)
})
