import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findFreePort } from '../../../bench/load/process/free-port.ts'
import { connectRaw, exchange } from '../support/byte-stream.ts'
import { answering, response, startRawServer } from '../support/raw-server.ts'
import { startScript } from '../support/start-script.ts'

function get(path: string, ...lines: string[]): string {
  return `${[`GET ${path} HTTP/1.1`, 'Host: a', ...lines].join('\r\n')}\r\n\r\n`
}

test('demux and mux with a target for each request', async (context) => {
  const [a, b] = await Promise.all(
    ['a', 'b'].map((name) =>
      startRawServer(
        context,
        answering((line) => response(`${name} ${line.split(' ')[1]}`)),
      ),
    ),
  )
  assert.ok(a !== undefined && b !== undefined)
  const { port } = await startScript(
    context,
    `pipy({ target: '' })
      .listen(0, { host: '127.0.0.1' })
      .decodeHttpRequest().demux('request').encodeHttpResponse()
      .pipeline('request')
      .onMessageStart(e => target = e.head.path.startsWith('/a') ? '${a.address}' : '${b.address}')
      .mux('upstream', () => target)
      .pipeline('upstream')
      .encodeHttpRequest().connect(() => target).decodeHttpResponse()`,
  )
  const client = await connectRaw(context, port)
  client.write(get('/a/1') + get('/b/1') + get('/a/2') + get('/b/2'))
  const bodies = []
  for (let i = 0; i < 4; i++) bodies.push((await client.message()).body)
  assert.deepEqual(bodies, ['a /a/1', 'b /b/1', 'a /a/2', 'b /b/2'])
  assert.equal((await exchange(context, port, get('/a/3'))).body, 'a /a/3')
  assert.deepEqual([a.accepted, b.accepted], [1, 1], 'all clients share the sessions')
})

test('mux pipelines on one upstream connection and sorts the answers out', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startScript(
    context,
    `pipy()
      .listen(0, { host: '127.0.0.1' })
      .decodeHttpRequest().demux('request').encodeHttpResponse()
      .pipeline('request').mux('upstream')
      .pipeline('upstream').encodeHttpRequest().connect('${upstream.address}').decodeHttpResponse()`,
  )
  const clients = await Promise.all([1, 2, 3].map(() => connectRaw(context, port)))
  for (const [i, client] of clients.entries()) client.write(get(`/${i}`))
  const connection = await upstream.connection()
  const paths = []
  for (let i = 0; i < 3; i++) paths.push((await connection.message()).startLine)
  for (const path of paths) connection.write(response(path))
  for (const [i, client] of clients.entries()) {
    assert.equal((await client.message()).body, `GET /${i} HTTP/1.1`)
  }
  assert.equal(upstream.accepted, 1)
})

test('link takes the first pipeline whose condition holds', async (context) => {
  const { port } = await startScript(
    context,
    `pipy({ path: '' })
      .listen(0, { host: '127.0.0.1' })
      .decodeHttpRequest().demux('request').encodeHttpResponse()
      .pipeline('request')
      .onMessageStart(e => path = e.head.path)
      .link(
        'first', () => path.startsWith('/1'),
        'second', () => path.startsWith('/2'),
        'rest'
      )
      .pipeline('first').replaceMessage(new Message('first'))
      .pipeline('second').replaceMessage(new Message({ status: 202 }, 'second'))
      .pipeline('rest').replaceMessage(new Message({ status: 404 }))`,
  )
  const client = await connectRaw(context, port)
  const answers = []
  for (const path of ['/1', '/2', '/3', '/12']) {
    const { status, body } = await client.write(get(path)).message()
    answers.push(`${status} ${body}`)
  }
  assert.deepEqual(answers, ['200 first', '202 second', '404 ', '200 first'])
})

test('a proxy per connection, without mux', async (context) => {
  const upstream = await startRawServer(
    context,
    answering((line) => response(line)),
  )
  const { port } = await startScript(
    context,
    `pipy()
      .listen(0, { host: '127.0.0.1' })
      .decodeHttpRequest().encodeHttpRequest()
      .connect('${upstream.address}')
      .decodeHttpResponse().encodeHttpResponse()`,
  )
  const client = await connectRaw(context, port)
  for (let i = 0; i < 3; i++) {
    assert.equal((await client.write(get(`/${i}`)).message()).body, `GET /${i} HTTP/1.1`)
  }
  const other = await connectRaw(context, port)
  assert.equal((await other.write(get('/o')).message()).body, 'GET /o HTTP/1.1')
  assert.equal(upstream.accepted, 2)
})

test('connect alone is a TCP proxy, no filter at all an echo, dummy says nothing', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startScript(
    context,
    `pipy().listen(0, { host: '127.0.0.1' }).connect('${upstream.address}')`,
  )
  const client = await connectRaw(context, port)
  client.write('ping')
  const server = await upstream.connection()
  assert.equal(await server.take(4), 'ping')
  server.end('pong')
  assert.equal(await client.rest(), 'pong')

  const echo = await startScript(context, `pipy().listen(0, { host: '127.0.0.1' })`)
  const other = await connectRaw(context, echo.port)
  other.end('hello, hello')
  assert.equal(await other.rest(), 'hello, hello')

  const silent = await startScript(
    context,
    `pipy()
      .listen(0, { host: '127.0.0.1' })
      .onSessionEnd(() => console.log('ended'))
      .dummy()`,
  )
  const third = await connectRaw(context, silent.port)
  third.end('hello, hello')
  await silent.sluice.line(/ended/)
  assert.equal(third.untaken, '')
})

test('an upstream that cannot be reached becomes a 503', async (context) => {
  const { port } = await startScript(
    context,
    `pipy()
      .listen(0, { host: '127.0.0.1' })
      .decodeHttpRequest().demux('request').encodeHttpResponse()
      .pipeline('request').mux('upstream')
      .pipeline('upstream')
      .encodeHttpRequest().connect('127.0.0.1:${await findFreePort()}').decodeHttpResponse()`,
  )
  const client = await connectRaw(context, port)
  for (let i = 0; i < 3; i++) assert.equal((await client.write(get('/')).message()).status, 503)
})
