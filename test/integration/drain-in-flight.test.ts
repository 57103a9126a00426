import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connectRaw } from './support/byte-stream.ts'
import { response, startRawServer } from './support/raw-server.ts'
import { startLb } from './support/start-lb.ts'
import { startScript } from './support/start-script.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

/** Sends SIGTERM and waits until it has taken effect: an idle connection is closed by it. */
async function drain(
  context: Parameters<typeof connectRaw>[0],
  { sluice, port }: Awaited<ReturnType<typeof startLb>>,
): Promise<void> {
  const idle = await connectRaw(context, port)
  sluice.signal('SIGTERM')
  await sluice.line(/shutting down/)
  await idle.over()
}

test('a body in progress is finished, then the connection ends', async (context) => {
  const upstream = await startRawServer(context)
  const lb = await startLb(context, [upstream])
  const client = await connectRaw(context, lb.port)
  client.write(GET)
  const connection = await upstream.connection()
  await connection.message()
  connection.write('HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nfirs')
  await client.through('firs')
  await drain(context, lb)
  connection.write('last')
  assert.equal(await client.rest(), 'last')
  assert.equal((await lb.sluice.exit()).status, 0)
})

test('a client whose response began without a word of it may ask once more', async (context) => {
  const upstream = await startRawServer(context)
  const lb = await startLb(context, [upstream])
  const client = await connectRaw(context, lb.port)
  client.write(GET)
  const connection = await upstream.connection()
  await connection.message()
  connection.write('HTTP/1.1 200 OK\r\nContent-Length: 8\r\n\r\nfirs')
  await client.through('firs')
  await drain(context, lb)
  connection.write('last')
  await client.through('last')
  client.write(GET)
  await connection.message()
  connection.write(response('ok'))
  const answer = await client.message()
  assert.equal(answer.body, 'ok')
  assert.equal(answer.field('connection'), 'close')
  assert.equal(await client.rest(), '')
  assert.equal((await lb.sluice.exit()).status, 0)
})

test('an upload in progress is finished and answered with Connection: close', async (context) => {
  const upstream = await startRawServer(context)
  const lb = await startLb(context, [upstream])
  const client = await connectRaw(context, lb.port)
  client.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 8\r\n\r\nfirs')
  const connection = await upstream.connection()
  await connection.through('firs')
  await drain(context, lb)
  client.write('last')
  assert.equal(await connection.take(4), 'last')
  connection.write(response('done'))
  const answer = await client.message()
  assert.equal(answer.body, 'done')
  assert.equal(answer.field('connection'), 'close')
  assert.equal(await client.rest(), '')
  assert.equal((await lb.sluice.exit()).status, 0)
})

test('pipelined requests that have come in are all answered', async (context) => {
  const upstream = await startRawServer(context)
  const lb = await startLb(context, [upstream])
  const client = await connectRaw(context, lb.port)
  client.write(GET + GET + GET)
  const connections = []
  for (let i = 0; i < 3; i++) connections.push(await upstream.connection())
  await drain(context, lb)
  for (const connection of connections) {
    await connection.message()
    connection.write(response('ok'))
  }
  for (let i = 0; i < 3; i++) {
    const answer = await client.message()
    assert.equal(answer.body, 'ok')
    // Only the last one can tell: the others are followed by more.
    if (i === 2) assert.equal(await client.rest(), '')
  }
  assert.equal((await lb.sluice.exit()).status, 0)
})

test('TCP connections go on until they end', async (context) => {
  const upstream = await startRawServer(context)
  const lb = await startLb(context, [upstream], '--tcp')
  const client = await connectRaw(context, lb.port)
  client.write('one')
  const connection = await upstream.connection()
  await connection.take(3)
  lb.sluice.signal('SIGTERM')
  await lb.sluice.line(/shutting down/)
  connection.write('two')
  assert.equal(await client.take(3), 'two')
  client.end('three')
  assert.equal(await connection.rest(), 'three')
  connection.end('four')
  assert.equal(await client.rest(), 'four')
  assert.equal((await lb.sluice.exit()).status, 0)
})

test('scripts drain like the load balancer', async (context) => {
  const upstream = await startRawServer(context)
  const lb = await startScript(
    context,
    `pipy()
      .listen(0, { host: '127.0.0.1' })
      .decodeHttpRequest().demux('request').encodeHttpResponse()
      .pipeline('request').mux('upstream')
      .pipeline('upstream').encodeHttpRequest().connect('${upstream.address}').decodeHttpResponse()`,
  )
  const client = await connectRaw(context, lb.port)
  client.write(GET)
  const connection = await upstream.connection()
  await connection.message()
  await drain(context, lb)
  connection.write(response('done'))
  const answer = await client.message()
  assert.equal(answer.body, 'done')
  assert.equal(answer.field('connection'), 'close')
  assert.equal(await client.rest(), '')
  assert.equal((await lb.sluice.exit()).status, 0)
})
