import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connectRaw, exchange } from '../support/byte-stream.ts'
import { answering, response, startRawServer } from '../support/raw-server.ts'
import { startScript } from '../support/start-script.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

test('sessions and messages are told in order', async (context) => {
  const { sluice, port } = await startScript(
    context,
    `pipy({ log: () => undefined })
      .listen(0, { host: '127.0.0.1' })
      .onSessionStart(() => console.log('session start'))
      .onSessionEnd(e => console.log('session end', '[' + e.error + ']'))
      .decodeHttpRequest()
      .onMessageStart(e => console.log('message start', e.head.method, e.head.path))
      .onMessageEnd(() => console.log('message end'))
      .replaceMessage(new Message('ok'))
      .encodeHttpResponse()`,
    '--log-level=info',
  )
  const client = await connectRaw(context, port)
  await client.write(GET).message()
  client.write('POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi')
  await client.message()
  client.end()
  await client.rest()
  await sluice.line(/session end \[\]/)
  const told = sluice.stdout.match(/(session|message) (start|end)( \w+ \/\w*)?/g)
  assert.deepEqual(told, [
    'session start',
    'message start GET /',
    'message end',
    'message start POST /p',
    'message end',
    'session end',
  ])
})

test('replaceMessage gets the whole body, however it came', async (context) => {
  const { port } = await startScript(
    context,
    `pipy()
      .listen(0, { host: '127.0.0.1' })
      .decodeHttpRequest()
      .replaceMessage(msg => new Message({ status: 201 }, msg.head.method + ' ' + msg.body))
      .encodeHttpResponse()`,
  )
  const client = await connectRaw(context, port)
  client.write('PUT / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\none\r\n')
  client.write('3\r\ntwo\r\n0\r\n\r\n')
  const answer = await client.message()
  assert.equal(answer.status, 201)
  assert.equal(answer.body, 'PUT onetwo')
  assert.equal(answer.field('content-length'), '10')
  assert.equal((await client.write(GET).message()).body, 'GET ')
})

test('an error in a callback is a 500, and hurts only its own request', async (context) => {
  const upstream = await startRawServer(
    context,
    answering((line) => response(line)),
  )
  const { sluice, port } = await startScript(
    context,
    `pipy({ target: null })
      .listen(0, { host: '127.0.0.1' })
      .decodeHttpRequest().demux('request').encodeHttpResponse()
      .pipeline('request')
      .onMessageStart(e => target = e.head.path === '/bad' ? target.no.such : '${upstream.address}')
      .mux('upstream', () => target)
      .pipeline('upstream').encodeHttpRequest().connect(() => target).decodeHttpResponse()`,
  )
  const other = await connectRaw(context, port)
  assert.equal((await other.write(GET).message()).status, 200)
  const client = await connectRaw(context, port)
  client.write(GET + GET.replace('/ ', '/bad '))
  assert.equal((await client.message()).status, 200)
  assert.equal((await client.message()).status, 500)
  assert.equal((await other.write(GET).message()).status, 200)
  assert.equal((await exchange(context, port, GET)).status, 200)
  await sluice.line(/\[pjs\]/)
  await sluice.line(/target\.no\.such/)
})

test('an error without demux is a 500, too, and ends the connection', async (context) => {
  const { port } = await startScript(
    context,
    `pipy({ nothing: null })
      .listen(0, { host: '127.0.0.1' })
      .decodeHttpRequest()
      .onMessageStart(() => nothing.at.all)
      .replaceMessage(new Message('never'))
      .encodeHttpResponse()`,
  )
  const client = await connectRaw(context, port)
  const answer = await client.write(GET).message()
  assert.equal(answer.status, 500)
  assert.equal(await client.rest(), '')
  assert.equal((await exchange(context, port, GET)).status, 500)
})

test('a header value with a line end never reaches the wire', async (context) => {
  const { port } = await startScript(
    context,
    `pipy()
      .listen(0, { host: '127.0.0.1' })
      .decodeHttpRequest()
      .replaceMessage(msg => new Message({ headers: { 'x-echo': 'a\\r\\nX-Injected: 1' } }, 'x'))
      .encodeHttpResponse()`,
  )
  const answer = await exchange(context, port, GET)
  assert.equal(answer.status, 500)
  assert.equal(answer.field('x-injected'), undefined)
})

test('a body with its own length for HEAD, 204 without one', async (context) => {
  const { port } = await startScript(
    context,
    `pipy()
      .listen(0, { host: '127.0.0.1' })
      .decodeHttpRequest()
      .replaceMessage(msg => msg.head.path === '/204'
        ? new Message({ status: 204 }, 'no')
        : new Message('hello'))
      .encodeHttpResponse()`,
  )
  const client = await connectRaw(context, port)
  client.write(GET.replace('GET', 'HEAD') + GET.replace('/ ', '/204 ') + GET)
  const head = await client.message({ isHead: true })
  assert.equal(head.field('content-length'), '5')
  const empty = await client.message()
  assert.equal(empty.status, 204)
  assert.equal(empty.field('content-length'), undefined)
  assert.equal((await client.message()).body, 'hello')
})

for (const [where, request, upstream] of [
  ['before mux', '.onMessageStart(() => nothing.at.all)', ''],
  ['in the selector of mux', '', ''],
  ['before the request is written', '', '.onMessageStart(() => nothing.at.all)'],
  ['in a head that cannot be written', '', ".onMessageStart(e => e.head.headers['a'] = '\\r\\n')"],
] as const) {
  test(`an error ${where} is a 500`, async (context) => {
    const server = await startRawServer(context)
    const selector = where.includes('selector') ? ', () => nothing.at.all' : ''
    const { port } = await startScript(
      context,
      `pipy({ nothing: null })
        .listen(0, { host: '127.0.0.1' })
        .decodeHttpRequest().demux('request').encodeHttpResponse()
        .pipeline('request')${request}.mux('upstream'${selector})
        .pipeline('upstream')${upstream}
        .encodeHttpRequest().connect('${server.address}').decodeHttpResponse()`,
    )
    for (let i = 0; i < 2; i++) {
      const client = await connectRaw(context, port)
      const answer = await client.write(GET).message()
      assert.equal(answer.status, 500)
      if (answer.field('connection') === 'close') assert.equal(await client.rest(), '')
      else assert.equal((await client.write(GET).message()).status, 500)
    }
  })
}

test('an error in a proxy without mux or demux is a 500', async (context) => {
  const server = await startRawServer(context)
  const { port } = await startScript(
    context,
    `pipy({ nothing: null })
      .listen(0, { host: '127.0.0.1' })
      .decodeHttpRequest()
      .onMessageStart(() => nothing.at.all)
      .encodeHttpRequest().connect('${server.address}').decodeHttpResponse()
      .encodeHttpResponse()`,
  )
  assert.equal((await exchange(context, port, GET)).status, 500)
})

test('an error in the answer is a 500', async (context) => {
  const server = await startRawServer(
    context,
    answering(() => response('never')),
  )
  const { port } = await startScript(
    context,
    `pipy({ nothing: null })
      .listen(0, { host: '127.0.0.1' })
      .decodeHttpRequest().demux('request').encodeHttpResponse()
      .pipeline('request').mux('upstream').onMessageStart(() => nothing.at.all)
      .pipeline('upstream').encodeHttpRequest().connect('${server.address}').decodeHttpResponse()`,
  )
  const client = await connectRaw(context, port)
  assert.equal((await client.write(GET).message()).status, 500)
  assert.equal((await client.write(GET).message()).status, 500)
})
