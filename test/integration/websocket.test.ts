import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { IncomingMessage } from 'node:http'
import type { AddressInfo } from 'node:net'
import { type TestContext, test } from 'node:test'
import { WebSocket, WebSocketServer } from 'ws'
import { startLb } from './support/start-lb.ts'
import { startScript } from './support/start-script.ts'

/** An independent implementation at both ends: what it understands, others do. */
async function startServer(context: TestContext): Promise<{ server: WebSocketServer; to: string }> {
  const server = new WebSocketServer({
    host: '127.0.0.1',
    port: 0,
    perMessageDeflate: true,
    verifyClient: ({ req }: { req: IncomingMessage }) => req.url !== '/forbidden',
  })
  server.on('connection', (socket, request) => {
    socket.on('message', (data, isBinary) => socket.send(data, { binary: isBinary }))
    socket.send(`hello ${request.url}`)
  })
  context.after(() => {
    for (const client of server.clients) client.terminate()
    server.close()
  })
  await once(server, 'listening')
  return { server, to: `127.0.0.1:${(server.address() as AddressInfo).port}` }
}

function connect(context: TestContext, url: string): WebSocket {
  const client = new WebSocket(url, { rejectUnauthorized: false })
  context.after(() => client.terminate())
  return client
}

async function next(client: WebSocket): Promise<string> {
  const [data] = await once(client, 'message')
  return String(data)
}

const TLS = `tls: {
    cert: os.readFile('${process.cwd()}/examples/tls/localhost.crt').toString(),
    key: os.readFile('${process.cwd()}/examples/tls/localhost.key').toString(),
  }`

const WAYS: readonly [
  way: string,
  scheme: string,
  start: (context: TestContext, to: string) => Promise<{ port: number }>,
][] = [
  ['lb', 'ws', (context, to) => startLb(context, [to], '--workers', '2')],
  [
    'a script with TLS',
    'wss',
    (context, to) =>
      startScript(
        context,
        `pipy().listen(0, { host: '127.0.0.1', ${TLS} })
          .decodeHttpRequest().demux('request').encodeHttpResponse()
          .pipeline('request').mux('upstream')
          .pipeline('upstream').encodeHttpRequest().connect('${to}').decodeHttpResponse()`,
      ),
  ],
]

for (const [way, scheme, start] of WAYS) {
  test(`WebSocket through ${way}`, async (context) => {
    const { to, server } = await startServer(context)
    const { port } = await start(context, to)
    const url = `${scheme}://127.0.0.1:${port}`

    const client = connect(context, `${url}/chat`)
    // Sent right behind the 101.
    assert.equal(await next(client), 'hello /chat')
    for (const size of [0, 1, 125, 126, 70_000, 3_000_000]) {
      const text = 'x'.repeat(size)
      client.send(text)
      assert.equal(await next(client), text)
    }
    client.ping('are you there')
    const [pong] = await once(client, 'pong')
    assert.equal(String(pong), 'are you there')
    client.close(4001, 'enough')
    const [code, reason] = await once(client, 'close')
    assert.deepEqual([code, String(reason)], [4001, 'enough'])

    const many = Array.from({ length: 30 }, (_, i) => connect(context, `${url}/${i}`))
    assert.deepEqual(
      await Promise.all(many.map(next)),
      many.map((_, i) => `hello /${i}`),
    )
    for (const one of many) {
      one.send('again')
      assert.equal(await next(one), 'again')
    }
    assert.equal(server.clients.size, 30)

    const forbidden = connect(context, `${url}/forbidden`)
    const [error] = await once(forbidden, 'error')
    assert.match(String(error), /401/)
  })
}

test('a server that goes away ends its clients', async (context) => {
  const { to, server } = await startServer(context)
  const { port } = await startLb(context, [to])
  const client = connect(context, `ws://127.0.0.1:${port}/`)
  await next(client)
  for (const socket of server.clients) socket.close(1001)
  const [code] = await once(client, 'close')
  assert.equal(code, 1001)
})
