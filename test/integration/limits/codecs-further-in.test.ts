import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { type ByteStream, connectRaw } from '../support/byte-stream.ts'
import { answering, response, startRawServer } from '../support/raw-server.ts'
import type { RunningLb } from '../support/start-lb.ts'
import { startScript } from '../support/start-script.ts'
import { countedOnce } from './support.ts'

/*
 * A decoder that does not stand next to the socket has the limits and time-outs of its listener all
 * the same.
 */

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
const CODECS = ".decodeHttpRequest().demux('request').encodeHttpResponse()"

/** What may stand between a listener and its codecs. */
const BETWEEN = {
  link: `.link('codecs') .pipeline('codecs')${CODECS}`,
  'two links': `.link('more') .pipeline('more').link('codecs') .pipeline('codecs')${CODECS}`,
  'another filter': `.onData(() => {})${CODECS}`,
  'a link to the decoder alone': `.link('decoder').demux('request').encodeHttpResponse()
    .pipeline('decoder').decodeHttpRequest()`,
}

const OPTIONS = `httpLenientLf: true,
  limits: { maxHeaders: 2, maxBodyBytes: 20, maxRequestLineBytes: 32, maxRequestsPerConnection: 2 },
  timeouts: { requestHead: '2s', requestBody: '1s', keepAlive: '4s' }`

async function start(context: TestContext, between: string): Promise<RunningLb> {
  const upstream = await startRawServer(
    context,
    answering(() => response('ok')),
  )
  return startScript(
    context,
    `pipy()
      .listen(0, { host: '127.0.0.1', ${OPTIONS} })${between}
      .pipeline('request').mux('upstream', () => 'one', { pipelining: 1 })
      .pipeline('upstream').encodeHttpRequest().connect('${upstream.address}').decodeHttpResponse()`,
  )
}

for (const [name, between] of Object.entries(BETWEEN)) {
  test(`behind ${name}`, async (context) => {
    const { port, sluice } = await start(context, between)
    const open = (): Promise<ByteStream> => connectRaw(context, port)
    const statusOf = async (text: string): Promise<number> => {
      const client = await open()
      return (await client.write(text).message()).status
    }

    await context.test('limits of heads and bodies, and lines as the listener says', async () => {
      assert.equal(await statusOf('GET / HTTP/1.1\nHost: a\n\n'), 200)
      assert.equal(await statusOf('GET / HTTP/1.1\r\nHost: a\r\nA: 1\r\nB: 2\r\n\r\n'), 431)
      assert.equal(await statusOf('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 21\r\n\r\n'), 413)
      assert.equal(await statusOf(GET.replace('/', `/${'a'.repeat(32)}`)), 414)
    })

    await context.test('the last allowed request', async () => {
      const client = await open()
      assert.equal((await client.write(GET).message()).field('connection'), 'keep-alive')
      assert.equal((await client.write(GET).message()).field('connection'), 'close')
      assert.equal(await client.rest(), '')
    })

    await context.test('a head that comes byte by byte: 408', async () => {
      const client = await open()
      assert.equal((await client.write(GET).message()).status, 200)
      client.write('GET / HTTP/1.1\r\nX: ')
      const dripping = setInterval(() => client.write('x'), 50)
      context.after(() => clearInterval(dripping))
      assert.equal((await client.message()).status, 408)
      clearInterval(dripping)
      await countedOnce(sluice, 'requestHeadTimeouts')
    })

    await context.test('a body that stops in its middle: 408', async () => {
      const client = await open()
      client.write('POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n01234')
      assert.equal((await client.message()).status, 408)
      await countedOnce(sluice, 'requestBodyTimeouts')
    })

    await context.test('no further request: closed', async () => {
      const client = await open()
      assert.equal((await client.write(GET).message()).status, 200)
      assert.equal(await client.rest(), '')
      sluice.signal('SIGTSTP')
      await sluice.line(/^keepAliveTimeouts +[1-9]/m)
    })

    await context.test('a drain closes an idle connection', async () => {
      const client = await open()
      assert.equal((await client.write(GET).message()).status, 200)
      sluice.signal('SIGTERM')
      assert.equal(await client.rest(), '')
      assert.equal((await sluice.exit()).status, 0)
    })
  })
}

test('copies of fork are read by the same rules', async (context) => {
  const { port, sluice } = await startScript(
    context,
    `pipy()
      .listen(0, { host: '127.0.0.1', httpLenientLf: true })
      .fork('copies')
      .decodeHttpRequest().replaceMessage(new Message('ok')).encodeHttpResponse()
      .pipeline('copies').decodeHttpRequest().onMessageStart(e => console.log('copy of', e.head.path))`,
  )
  const client = await connectRaw(context, port)
  client.write('GET /lenient HTTP/1.1\nHost: a\n\n')
  assert.equal((await client.message()).status, 200)
  await sluice.line(/copy of \/lenient/)
})
