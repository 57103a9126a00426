import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connectRaw } from '../support/byte-stream.ts'
import { type RawServer, response, startRawServer } from '../support/raw-server.ts'
import { startLb } from '../support/start-lb.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
const EVIL = response('EVIL')

/** Answers that are complete with their heads, although these tell of a body. */
const BODILESS: readonly (readonly [name: string, head: string])[] = [
  ['204 with chunked', 'HTTP/1.1 204 No Content\r\nTransfer-Encoding: chunked\r\n\r\n'],
  ['204 with a length', 'HTTP/1.1 204 No Content\r\nContent-Length: 60\r\n\r\n'],
  ['304 with chunked', 'HTTP/1.1 304 Not Modified\r\nTransfer-Encoding: chunked\r\n\r\n'],
]

for (const [name, head] of BODILESS) {
  test(`a body that comes late behind a ${name} is nobody's answer`, async (context) => {
    const upstream = await startRawServer(context)
    const { port } = await startLb(context, [upstream])
    const first = await connectRaw(context, port)
    first.write(GET)
    const before = await upstream.connection()
    await before.through('\r\n\r\n')
    before.write(head)
    await first.through('\r\n\r\n')

    // Only when the second request has gone out: the first connection is not for it.
    const second = await connectRaw(context, port)
    second.write(GET)
    const connection = await upstream.connection()
    await connection.through('\r\n\r\n')
    before.write(EVIL)
    await checkAnswered(second, connection)
    assert.equal(first.untaken, '')
  })
}

test('a response within the length of a 103 is not an answer', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startLb(context, [upstream])
  const client = await connectRaw(context, port)
  client.write(GET)
  const before = await upstream.connection()
  await before.through('\r\n\r\n')
  before.write(`HTTP/1.1 103 Early Hints\r\nContent-Length: ${EVIL.length}\r\n\r\n`)
  assert.equal((await client.message()).startLine, 'HTTP/1.1 502 Bad Gateway')
  await before.over()
  assert.equal(client.untaken, '')
})

for (const [method, head] of [
  ['HEAD', `HTTP/1.1 200 OK\r\nContent-Length: ${EVIL.length}\r\n\r\n`],
  ['GET', `HTTP/1.1 304 Not Modified\r\nContent-Length: ${EVIL.length}\r\n\r\n`],
] as const) {
  test(`bytes before the next request end a connection that is kept (${method})`, async (context) => {
    const upstream = await startRawServer(context)
    const { port } = await startLb(context, [upstream])
    const first = await connectRaw(context, port)
    first.write(`${method} / HTTP/1.1\r\nHost: a\r\n\r\n`)
    const before = await upstream.connection()
    await before.through('\r\n\r\n')
    before.write(head)
    await first.through('\r\n\r\n')
    before.write(EVIL)
    await before.over()

    const second = await connectRaw(context, port)
    second.write(GET)
    const connection = await upstream.connection()
    await connection.through('\r\n\r\n')
    await checkAnswered(second, connection)
    assert.equal(first.untaken, '')
  })
}

type Connection = Awaited<ReturnType<RawServer['connection']>>

async function checkAnswered(client: Connection, upstream: Connection): Promise<void> {
  upstream.write(response('mine'))
  assert.equal((await client.message()).body, 'mine')
  assert.equal(client.untaken, '')
}
