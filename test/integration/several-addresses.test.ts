import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { hostsEnvironment } from '../support/hosts.ts'
import { startSluice } from '../support/sluice-process.ts'
import { temporaryScript } from '../support/temporary-script.ts'
import { connectRaw, exchange } from './support/byte-stream.ts'
import { answering, type RawServer, response, startRawServer } from './support/raw-server.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

// Nobody listens there, at the port of a server on 127.0.0.1.
const SILENT = ['127.0.0.2', '127.0.0.3']

function startUpstream(context: TestContext): Promise<RawServer> {
  return startRawServer(
    context,
    answering((line) => response(line)),
  )
}

async function startWith(
  context: TestContext,
  args: readonly string[],
  addresses: string[],
): Promise<number> {
  const sluice = startSluice(context, args, hostsEnvironment({ 'several.test': addresses }))
  const [port = 0] = await sluice.ports()
  return port
}

const proxy = (port: number, options = '{}'): string => `pipy()
  .listen(0, { host: '127.0.0.1' })
  .decodeHttpRequest().demux('request').encodeHttpResponse()
  .pipeline('request').mux('upstream')
  .pipeline('upstream')
  .encodeHttpRequest().connect('several.test:${port}', ${options}).decodeHttpResponse()`

test('lb: all addresses of a name are tried before it counts as unreachable', async (context) => {
  const upstream = await startUpstream(context)
  const args = ['lb', '--listen', '127.0.0.1:0', '--to', `several.test:${upstream.port}`, '-w', '1']
  const port = await startWith(context, args, [...SILENT, '127.0.0.1'])
  for (let i = 0; i < 3; i++) {
    assert.equal((await exchange(context, port, GET)).body, 'GET / HTTP/1.1')
  }
})

test('a script: the request, body included, goes to the address that answers', async (context) => {
  const upstream = await startUpstream(context)
  const script = temporaryScript(context, proxy(upstream.port))
  const port = await startWith(context, [script], [...SILENT, '127.0.0.1'])
  const client = await connectRaw(context, port)
  client.write('POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello')
  assert.equal((await client.message()).body, 'POST /p HTTP/1.1')
  client.write('HEAD /h HTTP/1.1\r\nHost: a\r\n\r\n')
  assert.equal((await client.message({ isHead: true })).status, 200)
  client.write(GET)
  assert.equal((await client.message()).body, 'GET / HTTP/1.1')
})

test('no address answers: refused after the last one', async (context) => {
  const upstream = await startUpstream(context)
  const script = temporaryScript(context, proxy(upstream.port))
  const port = await startWith(context, [script], SILENT)
  assert.equal((await exchange(context, port, GET)).status, 503)
  assert.equal(upstream.accepted, 0)
})

test('raw bytes, and what the client sent before the connection stood', async (context) => {
  const upstream = await startRawServer(context)
  const script = temporaryScript(
    context,
    `pipy().listen(0, { host: '127.0.0.1' }).connect('several.test:${upstream.port}')`,
  )
  const port = await startWith(context, [script], [...SILENT, '127.0.0.1'])
  const client = await connectRaw(context, port)
  client.write('one').write('two')
  const peer = await upstream.connection()
  assert.equal(await peer.take(6), 'onetwo')
  peer.write('three')
  assert.equal(await client.take(5), 'three')
})

test('a further attempt still knows what was asked', async (context) => {
  const upstream = await startRawServer(context)
  const target = `() => _attempts++ === 0 ? 'several.test:${upstream.port}' : '${upstream.address}'`
  const script = temporaryScript(
    context,
    `pipy({ _attempts: 0 })
      .listen(0, { host: '127.0.0.1' })
      .decodeHttpRequest().demux('request').encodeHttpResponse()
      .pipeline('request').mux('upstream')
      .pipeline('upstream')
      .encodeHttpRequest().connect(${target}, { retryCount: 1 }).decodeHttpResponse()`,
  )
  const port = await startWith(context, [script], SILENT)
  const client = await connectRaw(context, port)
  client.write('HEAD /h HTTP/1.1\r\nHost: a\r\n\r\n')
  const peer = await upstream.connection()
  assert.match((await peer.message()).startLine, /^HEAD \/h /)
  peer.write('HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n')
  assert.equal((await client.message({ isHead: true })).field('content-length'), '7')
  client.write(GET)
  assert.match((await peer.message()).startLine, /^GET \/ /)
})
