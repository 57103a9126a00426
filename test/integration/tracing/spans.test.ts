import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { findFreePort } from '../../../bench/load/process/free-port.ts'
import type { ConfigInput } from '../../../src/config/schema/config.ts'
import { connectRaw } from '../support/byte-stream.ts'
import { curl } from '../support/curl.ts'
import type { HttpMessage } from '../support/http-message.ts'
import { type Collector, startCollector } from '../support/otlp-collector.ts'
import { type RawServer, response, startRawServer } from '../support/raw-server.ts'
import { reload, startConfig } from '../support/start-config.ts'

const TRACE = '0af7651916cd43dd8448eb211c80319c'
const PARENT = 'b7ad6b7169203331'
/** SPAN_KIND_SERVER and STATUS_CODE_ERROR of OTLP. */
const SERVER = 2
const ERROR = 2

type Tracing = Omit<NonNullable<ConfigInput['tracing']>, 'otlp'>

interface Traced {
  port: number
  upstream: RawServer
  collector: Collector
  /** Asks, and returns what the upstream was asked, and answers `ok`. */
  ask(...headers: string[]): Promise<HttpMessage>
}

async function start(
  context: TestContext,
  tracing: Tracing = {},
  config: Partial<ConfigInput> = {},
): Promise<Traced> {
  const collector = await startCollector(context)
  const upstream = await startRawServer(context)
  const { ports } = await startConfig(context, {
    listeners: [{ name: 'web', address: '127.0.0.1:0', upstream: 'app' }],
    upstreams: { app: { endpoints: [upstream.address] } },
    tracing: { otlp: collector.url, ...tracing },
    ...config,
  })
  const [port = 0] = ports
  return {
    port,
    upstream,
    collector,
    ask: async (...headers) => {
      const client = await connectRaw(context, port)
      client.write(['GET /a/b?c=d HTTP/1.1', 'Host: shop:81', ...headers, '', ''].join('\r\n'))
      const connection = await upstream.connection()
      const asked = await connection.message()
      connection.write(`${response('ok')}`)
      await client.message()
      client.socket.destroy()
      connection.socket.destroy()
      return asked
    },
  }
}

function field({ lines }: HttpMessage, name: string): string[] {
  const start = `${name}: `
  return lines.filter((line) => line.startsWith(start)).map((line) => line.slice(start.length))
}

test('a span continues the trace of the client, and the endpoint continues ours', async (context) => {
  const { ask, collector, upstream } = await start(context)
  const before = Date.now()
  const asked = await ask(
    `traceparent: 00-${TRACE}-${PARENT}-01`,
    'tracestate: v=1',
    'User-Agent: x',
  )
  const [span] = await collector.until(1)
  assert.ok(span)
  assert.equal(span.traceId, TRACE)
  assert.equal(span.parentSpanId, PARENT)
  assert.deepEqual(field(asked, 'traceparent'), [`00-${TRACE}-${span.spanId}-01`])
  assert.deepEqual(field(asked, 'tracestate'), ['v=1'])
  assert.equal(span.kind, SERVER)
  assert.equal(span.name, 'GET')
  assert.equal(span.status.code ?? 0, 0)
  const { 'sluice.header_ms': head, 'sluice.connect_ms': connect, ...attributes } = span.attributes
  assert.deepEqual(attributes, {
    'http.request.method': 'GET',
    'url.scheme': 'http',
    'url.path': '/a/b',
    'url.query': 'c=d',
    'http.response.status_code': 200,
    'server.address': 'shop',
    'server.port': 81,
    'client.address': '127.0.0.1',
    'user_agent.original': 'x',
    'network.protocol.version': '1.1',
    'sluice.listener': 'web',
    'sluice.route': '0',
    'sluice.upstream': 'app',
    'sluice.endpoint': upstream.address,
    'sluice.end': 'ok',
    'sluice.request_bytes': 0,
    'sluice.bytes': 2,
  })
  assert.ok(Number(head) >= 0 && Number(connect) >= 0)
  const [from, to] = [span.startTimeUnixNano, span.endTimeUnixNano].map(
    (time) => Number(time) / 1e6,
  )
  assert.ok(Number(from) <= Number(to))
  // Two clocks, of which one tells whole milliseconds.
  assert.ok(Number(from) > before - 1000 && Number(to) < Date.now() + 1000)
})

test('a trace begins here where the client has none, or none that is valid', async (context) => {
  const { ask, collector } = await start(context, { service: 'edge', headers: { 'X-Token': 't' } })
  const first = await ask()
  const second = await ask(`traceparent: 00-${'0'.repeat(32)}-${PARENT}-01`, 'tracestate: v=1')
  const spans = await collector.until(2)
  const told = [first, second].map((asked) => field(asked, 'traceparent').join())
  assert.deepEqual(
    told,
    spans.map(({ traceId, spanId }) => `00-${traceId}-${spanId}-01`),
  )
  assert.deepEqual(field(second, 'tracestate'), [])
  assert.deepEqual(
    spans.map(({ parentSpanId }) => parentSpanId || undefined),
    [undefined, undefined],
  )
  assert.notEqual(spans[0]?.traceId, spans[1]?.traceId)
  assert.equal(spans[0]?.resource['service.name'], 'edge')
  assert.equal(collector.requests[0]?.path, '/v1/traces')
  assert.equal(collector.requests[0]?.headers['x-token'], 't')
})

test('who has asked decides before the sample does', async (context) => {
  const { ask, collector } = await start(context, { sample: 0 })
  const begun = await ask()
  assert.match(field(begun, 'traceparent').join(), /^00-[0-9a-f]{32}-[0-9a-f]{16}-00$/)
  const unsampled = `00-${TRACE}-${PARENT}-00`
  assert.deepEqual(field(await ask(`traceparent: ${unsampled}`), 'traceparent'), [unsampled])
  await ask(`traceparent: 00-${TRACE}-${PARENT}-03`)
  const [span] = await collector.until(1)
  assert.equal(span?.parentSpanId, PARENT)
})

test('a request whose head a route changes, and retried, has one span', async (context) => {
  const closed = `127.0.0.1:${await findFreePort()}`
  const collector = await startCollector(context)
  const upstream = await startRawServer(context)
  const { ports } = await startConfig(context, {
    listeners: [
      {
        address: '127.0.0.1:0',
        routes: [
          {
            name: 'api',
            match: { path: { prefix: '/api' } },
            upstream: 'app',
            requestHeaders: { set: { 'x-set': '1' } },
          },
        ],
      },
    ],
    upstreams: {
      app: { endpoints: [closed, { address: upstream.address, priority: 1 }], retry: {} },
    },
    tracing: { otlp: collector.url },
  })
  const asking = curl(
    ...['-H', `traceparent: 00-${TRACE}-${PARENT}-01`, '-H', 'tracestate: v=1'],
    `http://127.0.0.1:${ports[0]}/api/x`,
  )
  const connection = await upstream.connection()
  const asked = await connection.message()
  connection.write(response('ok'))
  await asking
  const [span] = await collector.until(1)
  assert.equal(span?.name, 'GET /api/*')
  assert.equal(span?.attributes['http.route'], '/api/*')
  assert.equal(span?.attributes['sluice.route'], 'api')
  assert.equal(span?.attributes['http.request.resend_count'], 1)
  assert.deepEqual(field(asked, 'traceparent'), [`00-${TRACE}-${span?.spanId}-01`])
  assert.deepEqual(field(asked, 'tracestate'), ['v=1'])
  assert.equal(collector.spans.length, 1)
})

test('a copy of a request, and its second attempt, tell of the same span', async (context) => {
  const collector = await startCollector(context)
  const servers = await Promise.all([0, 1, 2].map(() => startRawServer(context)))
  const [first = '', second = '', copy = ''] = servers.map(({ address }) => address)
  const { ports } = await startConfig(context, {
    listeners: [{ address: '127.0.0.1:0' }],
    routes: [{ upstream: 'app', mirror: { upstream: 'copy' } }],
    upstreams: {
      app: { endpoints: [first, second], hedge: { after: '50ms' } },
      copy: { endpoints: [copy] },
    },
    tracing: { otlp: collector.url },
  })
  const asking = curl(`http://127.0.0.1:${ports[0]}/`)
  const connections = await Promise.all(servers.map((server) => server.connection()))
  const asked = await Promise.all(connections.map((connection) => connection.message()))
  for (const connection of connections) connection.write(response('ok'))
  await asking
  const [span] = await collector.until(1)
  const told = `00-${span?.traceId}-${span?.spanId}-01`
  assert.deepEqual(
    asked.map((message) => field(message, 'traceparent').join()),
    [told, told, told],
  )
  assert.equal(collector.spans.length, 1)
})

test('what fails is an error in its span, and answers of our own have one', async (context) => {
  const closed = `127.0.0.1:${await findFreePort()}`
  const { port, collector } = await start(
    context,
    {},
    {
      listeners: [
        {
          address: '127.0.0.1:0',
          routes: [
            { match: { path: { exact: '/fixed' } }, respond: { status: 404 } },
            { upstream: 'app' },
          ],
        },
      ],
      upstreams: { app: { endpoints: [closed] } },
    },
  )
  await curl(`http://127.0.0.1:${port}/fixed`, '-X', 'FROB')
  await curl(`http://127.0.0.1:${port}/`)
  const [fixed, failed] = await collector.until(2)
  assert.equal(fixed?.name, '_OTHER /fixed')
  assert.equal(fixed?.attributes['http.request.method_original'], 'FROB')
  assert.equal(fixed?.attributes['http.response.status_code'], 404)
  assert.equal(fixed?.status.code ?? 0, 0)
  assert.equal(failed?.attributes['http.response.status_code'], 503)
  assert.equal(failed?.attributes['error.type'], 'ConnectionRefused')
  assert.equal(failed?.status.code, ERROR)
})

test('spans that wait are sent before the process ends, and before another collector is used', async (context) => {
  const [first, second] = [await startCollector(context), await startCollector(context)]
  const config = (collector: Collector): ConfigInput => ({
    listeners: [{ address: '127.0.0.1:0', routes: [{ respond: { status: 200 } }] }],
    tracing: { otlp: `${collector.url}/other/path` },
  })
  const running = await startConfig(context, config(first))
  const url = `http://127.0.0.1:${running.ports[0]}/`
  await curl(url, url)
  await first.until(2)
  await reload(running, config(second))
  await curl(url, url, url)
  running.sluice.signal('SIGTERM')
  assert.equal((await running.sluice.exit()).status, 0)
  assert.equal(first.spans.length, 2)
  assert.equal(second.spans.length, 3)
  assert.equal(second.requests[0]?.path, '/other/path')
})
