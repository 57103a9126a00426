import assert from 'node:assert/strict'
import { once } from 'node:events'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { connect } from 'node:net'
import { type TestContext, test } from 'node:test'
import { brotliDecompressSync, createGunzip, gunzipSync } from 'node:zlib'
import type { ConfigInput } from '../../../src/config/schema/config.ts'
import { isSanitized } from '../../support/sanitized.ts'
import { AppServer } from '../support/app-server.ts'
import { connectRaw } from '../support/byte-stream.ts'
import { curl } from '../support/curl.ts'
import {
  checkGrowth,
  eventually,
  peakResidentBytes,
  residentBytes,
} from '../support/process-facts.ts'
import { startConfig } from '../support/start-config.ts'

const PAGE = '<p>All work and no play makes Jack a dull boy.</p>\n'.repeat(2000)

type Handler = (request: IncomingMessage, response: ServerResponse) => void
type Compress = ConfigInput['listeners'][number]['compress']

/** A listener that compresses what a server answers. */
async function start(context: TestContext, handler: Handler, compress: Compress = true) {
  const app = await AppServer.start(context, 'app')
  app.handler = handler
  const { ports, sluice } = await startConfig(context, {
    listeners: [{ address: '127.0.0.1:0', compress, upstream: 'app' }],
    upstreams: { app: { endpoints: [app.address] } },
  })
  const port = ports[0] as number
  return { port, url: `http://127.0.0.1:${port}/`, pid: sluice.child.pid, app }
}

const page: Handler = (_request, response) => {
  response.setHeader('Content-Type', 'text/html')
  response.setHeader('ETag', '"page"')
  response.setHeader('Vary', 'Origin')
  response.setHeader('Content-Length', PAGE.length)
  response.end(PAGE)
}

test('curl gets what the server sent, in fewer bytes', async (context) => {
  const { url } = await start(context, page)
  const facts = ['-w', '\n%{size_download} %header{content-encoding} %header{etag}']
  for (const [accepted, encoding] of [
    ['gzip', 'gzip'],
    ['gzip;q=0.5, br', 'br'],
    ['deflate, *;q=0.1', 'br'],
  ] as const) {
    const options = ['--compressed', '-H', `Accept-Encoding: ${accepted}`, ...facts, url]
    const { stdout } = await curl(...options)
    assert.ok(stdout.startsWith(PAGE))
    const [size, found, etag] = stdout.slice(PAGE.length + 1).split(' ')
    assert.deepEqual([found, etag], [encoding, 'W/"page"'])
    assert.ok(Number(size) < PAGE.length / 20, `${size} bytes of ${encoding}`)
  }
})

test('the head tells caches and clients what they need', async (context) => {
  const { port } = await start(context, page)
  const client = await connectRaw(context, port)
  client.write('GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: br\r\n\r\n')
  const packed = await client.message()
  assert.equal(brotliDecompressSync(Buffer.from(packed.body, 'latin1')).toString(), PAGE)
  assert.ok(packed.isChunked)
  assert.deepEqual(packed.all('Content-Length'), [])
  assert.deepEqual(packed.all('Vary'), ['Origin', 'Accept-Encoding'])
  client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  const plain = await client.message()
  assert.equal(plain.body, PAGE)
  assert.equal(plain.field('Content-Length'), String(PAGE.length))
  assert.deepEqual(plain.all('Vary'), ['Origin', 'Accept-Encoding'])
  assert.equal(plain.field('ETag'), '"page"')
  client.write('HEAD / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: br\r\n\r\n')
  const head = await client.message({ isHead: true })
  assert.deepEqual([head.field('ETag'), head.all('Content-Encoding')], ['"page"', []])
})

test('a part, and what has not changed, vary like the whole', async (context) => {
  const { port } = await start(context, (request, response) => {
    response.setHeader('Content-Type', 'text/html')
    response.setHeader('ETag', '"page"')
    if (request.headers['if-none-match'] !== undefined) response.writeHead(304).end()
    else {
      response.setHeader('Content-Range', `bytes 0-4/${PAGE.length}`)
      response.writeHead(206, { 'Content-Length': 5 }).end(PAGE.slice(0, 5))
    }
  })
  const client = await connectRaw(context, port)
  for (const [asked, status, body] of [
    ['Range: bytes=0-4', 206, PAGE.slice(0, 5)],
    ['If-None-Match: "page"', 304, ''],
  ] as const) {
    client.write(`GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n${asked}\r\n\r\n`)
    const answer = await client.message()
    assert.deepEqual([answer.status, answer.body], [status, body])
    assert.deepEqual(answer.all('Vary'), ['Accept-Encoding'])
  }
})

test('the server is told what the client accepts, and its own encoding stays', async (context) => {
  const { url } = await start(context, (request, response) => {
    response.setHeader('Content-Type', 'text/plain')
    response.setHeader('Content-Encoding', 'x-own')
    response.end(`${request.headers['accept-encoding']} `.repeat(1000))
  })
  const { stdout } = await curl('-i', '-H', 'Accept-Encoding: gzip, x-own', url)
  assert.match(stdout, /Content-Encoding: x-own\r\n/)
  assert.match(stdout, /gzip, x-own gzip, x-own /)
})

test('a client of HTTP/1.0 gets its body until the close', async (context) => {
  const { port } = await start(context, page)
  const client = await connectRaw(context, port)
  client.write('GET / HTTP/1.0\r\nAccept-Encoding: gzip\r\n\r\n')
  const [head = '', body = ''] = (await client.rest()).split('\r\n\r\n')
  assert.match(head, /content-encoding: gzip/)
  assert.match(head, /Connection: close/)
  assert.equal(gunzipSync(Buffer.from(body, 'latin1')).toString(), PAGE)
})

test('a route says otherwise than its listener', async (context) => {
  const app = await AppServer.start(context, 'app')
  app.handler = page
  const { ports } = await startConfig(context, {
    listeners: [
      {
        address: '127.0.0.1:0',
        compress: true,
        routes: [
          { match: { path: { prefix: '/raw' } }, compress: false, upstream: 'app' },
          {
            match: { path: { prefix: '/gzip' } },
            compress: { algorithms: ['gzip'], types: ['text/html'], minimumSize: '1k', level: 9 },
            upstream: 'app',
          },
          {
            match: { path: { prefix: '/own' } },
            respond: { headers: { 'content-type': 'application/json' }, body: PAGE },
          },
          { upstream: 'app' },
        ],
      },
      { address: '127.0.0.1:0', upstream: 'app' },
    ],
    upstreams: { app: { endpoints: [app.address] } },
  })
  const encodings: string[] = []
  for (const [at, path] of [
    [0, '/raw'],
    [0, '/gzip'],
    [0, '/own'],
    [0, '/'],
    [1, '/'],
  ] as const) {
    const url = `http://127.0.0.1:${ports[at]}${path}`
    const options = ['-H', 'Accept-Encoding: br, gzip', '-w', '%header{content-encoding}']
    encodings.push((await curl('-o', '/dev/null', ...options, url)).stdout)
  }
  assert.deepEqual(encodings, ['', 'gzip', 'br', 'br', ''])
})

test('a response that is made piece by piece arrives piece by piece', async (context) => {
  let response: ServerResponse | undefined
  const { port } = await start(
    context,
    (_request, answer) => {
      answer.setHeader('Content-Type', 'text/event-stream')
      answer.flushHeaders()
      response = answer
    },
    { types: ['text/event-stream'] },
  )
  const client = await connectRaw(context, port)
  client.write('GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n')
  assert.match(await client.through('\r\n\r\n'), /content-encoding: gzip/)
  const unzip = createGunzip()
  for (const text of ['data: 1\n\n', 'data: 2\n\n', 'data: 3\n\n']) {
    response?.write(text)
    // Chunks come whole; that of gzip's own head brings no text.
    let seen = ''
    while (seen === '') {
      const size = Number.parseInt(await client.through('\r\n'), 16)
      unzip.write(Buffer.from((await client.take(size + 2)).slice(0, -2), 'latin1'))
      await new Promise((resolve) => unzip.flush(() => resolve(undefined)))
      seen = String(unzip.read() ?? '')
    }
    assert.equal(seen, text)
  }
})

/** Answers 100 MB that gzip makes half as long. */
const large: Handler = (_request, response) => {
  response.setHeader('Content-Type', 'text/plain')
  const bytes = crypto.getRandomValues(new Uint8Array(32 * 1024))
  const block = Buffer.from(Buffer.from(bytes).toString('hex'))
  let left = 100 << 20
  const write = (): void => {
    while (left > 0) {
      left -= block.length
      if (!response.write(block)) return void response.once('drain', write)
    }
    response.end()
  }
  write()
}

test('100 MB pass in little memory, also to a client that reads slowly', async (context) => {
  const { port, pid } = await start(context, large, { algorithms: ['gzip'], level: 1 })
  const socket = connect(port, '127.0.0.1')
  context.after(() => socket.destroy())
  socket.write('GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\nConnection: close\r\n\r\n')
  await once(socket, 'readable')
  const before = residentBytes(pid)
  // What it does not read in a while has to wait outside of the process.
  await new Promise((resolve) => setTimeout(resolve, 500))
  let size = 0
  for await (const piece of socket) size += (piece as Buffer).length
  assert.ok(size > 30 << 20 && size < 70 << 20, `${size} bytes`)
  const growth = peakResidentBytes(pid) - before
  checkGrowth(context, growth, 64 << 20)
})

test('clients that go away leave nothing behind', async (context) => {
  const { port, url, app, pid } = await start(context, large, { level: 1 })
  const leave = async (): Promise<void> => {
    const socket = connect(port, '127.0.0.1')
    socket.write('GET / HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip, br\r\n\r\n')
    await once(socket, 'readable')
    socket.resetAndDestroy()
  }
  for (let i = 0; i < 5; i++) await Promise.all(Array.from({ length: 20 }, leave))
  const before = residentBytes(pid)
  // More in all than may be in progress at a time.
  for (let i = 0; i < 10; i++) await Promise.all(Array.from({ length: 20 }, leave))
  app.handler = page
  await eventually(
    () => isSanitized || residentBytes(pid) - before < 64 << 20,
    () => `grew from ${before} to ${residentBytes(pid)}`,
  )
  const { stdout } = await curl('--compressed', '-w', '%header{content-encoding}', url)
  assert.ok(stdout.startsWith(PAGE))
  assert.match(stdout.slice(PAGE.length), /^(br|gzip)$/)
})
