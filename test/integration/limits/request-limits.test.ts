import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { CounterName } from '../../../src/native/counters.ts'
import { connectRaw } from '../support/byte-stream.ts'
import { answering, response, startRawServer } from '../support/raw-server.ts'
import { countedOnce, type ListenerSettings, startProxy, WAYS } from './support.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n'
const POST = 'POST / HTTP/1.1\r\nHost: a\r\n'
const CHUNKED = `${POST}Transfer-Encoding: chunked\r\n\r\n`

/** A limit with a request that it just allows, and one that it does not. */
interface LimitCase {
  what: string
  settings: ListenerSettings
  allowed: string
  refused: string
  status: number
  counter: CounterName
}

const CASES: readonly LimitCase[] = [
  {
    what: 'header fields',
    settings: { options: ['--max-headers', '3'], script: 'limits: { maxHeaders: 3 }' },
    allowed: `${GET}A: 1\r\nB: 2\r\n\r\n`,
    refused: `${GET}A: 1\r\nB: 2\r\nC: 3\r\n\r\n`,
    status: 431,
    counter: 'headersLimit',
  },
  {
    what: 'bytes of a head',
    settings: { options: ['--max-head-size', '1k'], script: "limits: { maxHeadBytes: '1k' }" },
    allowed: `${GET}A: ${'x'.repeat(980)}\r\n\r\n`,
    refused: `${GET}A: ${'x'.repeat(1024)}\r\n\r\n`,
    status: 431,
    counter: 'headLimit',
  },
  {
    what: 'bytes of a request line',
    settings: {
      options: ['--max-request-line-size', '40'],
      script: 'limits: { maxRequestLineBytes: 40 }',
    },
    allowed: `GET /${'x'.repeat(24)} HTTP/1.1\r\nHost: a\r\n\r\n`,
    refused: `GET /${'x'.repeat(26)} HTTP/1.1\r\nHost: a\r\n\r\n`,
    status: 414,
    counter: 'requestLineLimit',
  },
  {
    what: 'a body of known length',
    settings: { options: ['--max-body-size', '10'], script: 'limits: { maxBodyBytes: 10 }' },
    allowed: `${POST}Content-Length: 10\r\n\r\n0123456789`,
    refused: `${POST}Content-Length: 11\r\n\r\n`,
    status: 413,
    counter: 'bodyLimit',
  },
  {
    what: 'a body that the client asks about first',
    settings: { options: ['--max-body-size', '10'], script: 'limits: { maxBodyBytes: 10 }' },
    allowed: `${POST}Content-Length: 10\r\n\r\n0123456789`,
    refused: `${POST}Content-Length: 11\r\nExpect: 100-continue\r\n\r\n`,
    status: 413,
    counter: 'bodyLimit',
  },
  {
    what: 'a body in chunks',
    settings: { options: ['--max-body-size', '10'], script: 'limits: { maxBodyBytes: 10 }' },
    allowed: `${CHUNKED}4\r\n0123\r\n6\r\n456789\r\n0\r\n\r\n`,
    refused: `${CHUNKED}b\r\n`,
    status: 413,
    counter: 'bodyLimit',
  },
  {
    what: 'a chunk extension',
    settings: {
      options: ['--max-chunk-extension-size', '8'],
      script: 'limits: { maxChunkExtensionBytes: 8 }',
    },
    allowed: `${CHUNKED}1;a=1234\r\nx\r\n0\r\n\r\n`,
    refused: `${CHUNKED}1;a=1234567\r\nx\r\n0\r\n\r\n`,
    status: 400,
    counter: 'chunkExtensionLimit',
  },
  {
    what: 'trailers',
    settings: { options: ['--max-trailers-size', '20'], script: 'limits: { maxTrailerBytes: 20 }' },
    allowed: `${CHUNKED}0\r\nA: 1\r\n\r\n`,
    refused: `${CHUNKED}0\r\nA: ${'x'.repeat(20)}\r\n\r\n`,
    status: 431,
    counter: 'trailersLimit',
  },
]

for (const { what, settings, allowed, refused, status, counter } of CASES) {
  for (const way of WAYS) {
    test(`${what}, ${way}: what is allowed passes, more is answered ${status}`, async (context) => {
      const upstream = await startRawServer(
        context,
        answering(() => response('ok')),
      )
      const { port, sluice } = await startProxy(context, way, upstream, settings)
      const good = await connectRaw(context, port)
      assert.equal((await good.write(allowed).message()).status, 200)
      const bad = await connectRaw(context, port)
      const answer = await bad.write(refused).message()
      assert.equal(answer.status, status)
      assert.equal(answer.field('connection'), 'close')
      assert.equal(await bad.rest(), '')
      await countedOnce(sluice, counter)
    })
  }
}

test('a body that grows too large in its middle: 413, and the upstream request is aborted', async (context) => {
  const upstream = await startRawServer(context)
  const settings = { options: ['--max-body-size', '10'], script: '' }
  const { port } = await startProxy(context, 'lb', upstream, settings)
  const client = await connectRaw(context, port)
  client.write(`${CHUNKED}8\r\n01234567\r\n`)
  const connection = await upstream.connection()
  await connection.through('01234567')
  client.write('3\r\n890\r\n')
  assert.equal((await client.message()).status, 413)
  assert.equal(await client.rest(), '')
  assert.equal(await connection.over(), 'reset')
  assert.doesNotMatch(connection.untaken, /890/)
})

test('a body that grows too large after its answer has begun: the client is cut off', async (context) => {
  const upstream = await startRawServer(context)
  const settings = { options: ['--max-body-size', '10'], script: '' }
  const { port } = await startProxy(context, 'lb', upstream, settings)
  const client = await connectRaw(context, port)
  client.write(`${CHUNKED}8\r\n01234567\r\n`)
  const connection = await upstream.connection()
  await connection.through('01234567')
  connection.write('HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab')
  await client.through('ab')
  client.write('3\r\n890\r\n')
  assert.equal(await client.over(), 'reset')
  assert.equal(await connection.over(), 'reset')
})

for (const way of WAYS) {
  test(`requests of one connection, ${way}: the last closes it, and no other is served`, async (context) => {
    const seen: string[] = []
    const upstream = await startRawServer(
      context,
      answering((startLine) => {
        seen.push(startLine)
        return response('ok')
      }),
    )
    const settings = {
      options: ['--max-requests', '2'],
      script: 'limits: { maxRequestsPerConnection: 2 }',
    }
    const { port, sluice } = await startProxy(context, way, upstream, settings)
    const client = await connectRaw(context, port)
    client.write(`${GET}\r\n`)
    assert.equal((await client.message()).field('connection'), 'keep-alive')
    client.write(`${GET}\r\nGET /third HTTP/1.1\r\nHost: a\r\n\r\n`)
    assert.equal((await client.message()).field('connection'), 'close')
    assert.equal(await client.rest(), '')
    assert.equal(seen.length, 2)
    await countedOnce(sluice, 'requestsLimit')
  })

  test(`unanswered requests, ${way}: no more is read until some are answered`, async (context) => {
    const upstream = await startRawServer(context)
    const settings = {
      options: ['--max-pipelined', '2'],
      script: 'limits: { maxPipelinedRequests: 2 }',
    }
    const { port, sluice } = await startProxy(context, way, upstream, settings)
    const client = await connectRaw(context, port)
    client.write(`${GET}\r\n`)
    const first = await upstream.connection()
    await first.message()
    client.write(`${GET}\r\n`)
    const second = await upstream.connection()
    await second.message()
    client.write(`${GET}\r\n`)
    // The third would come on a third connection, had it been read.
    first.write(response('one'))
    assert.equal((await client.message()).body, 'one')
    const served = upstream.accepted
    assert.equal((await first.message()).startLine, 'GET / HTTP/1.1', 'read once there was room')
    assert.equal(served, 2)
    second.write(response('two'))
    first.write(response('three'))
    assert.equal((await client.message()).body, 'two')
    assert.equal((await client.message()).body, 'three')
    sluice.signal('SIGTSTP')
    await sluice.line(/^pipelineLimit +[12]$/m)
  })
}

for (const way of WAYS) {
  test(`unsent bytes, ${way}: the upstream is held up, and nothing is lost`, async (context) => {
    const upstream = await startRawServer(context)
    const settings = {
      options: ['--max-buffered', '64k'],
      script: "limits: { maxBufferedBytes: '64k' }",
    }
    const { port, sluice } = await startProxy(context, way, upstream, settings)
    const client = await connectRaw(context, port)
    client.socket.pause()
    client.write(`${GET}\r\n`)
    const connection = await upstream.connection()
    await connection.message()
    const size = 32 << 20
    connection.write(`HTTP/1.1 200 OK\r\nContent-Length: ${size}\r\n\r\n`)
    connection.write(Buffer.alloc(size, 'x'))
    sluice.signal('SIGTSTP')
    await sluice.until(() => {
      sluice.signal('SIGTSTP')
      return /^bufferLimit +[1-9]/m.test(sluice.stdout)
    }, 'hold up the upstream')
    client.socket.resume()
    assert.equal((await client.message()).body.length, size)
  })
}
