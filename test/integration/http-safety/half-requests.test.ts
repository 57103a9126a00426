import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { connectRaw } from '../support/byte-stream.ts'
import { response, startRawServer } from '../support/raw-server.ts'
import { WAYS } from '../support/upgrade-ways.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'
const POST = 'POST / HTTP/1.1\r\nHost: a\r\n'

const HEADS = ['G', 'GET / HTTP/1.1\r\n', 'GET / HTTP/1.1\r\nHost: a\r\n', GET.slice(0, -1)]

const BODIES: readonly (readonly [head: string, body: string])[] = [
  [`${POST}Content-Length: 10\r\n\r\n`, 'abc'],
  [`${POST}Transfer-Encoding: chunked\r\n\r\n`, '5\r\nabc'],
  [`${POST}Transfer-Encoding: chunked\r\n\r\n`, '3\r\nabc\r\n0\r\n'],
]

for (const [way, start] of Object.entries(WAYS)) {
  // There the broken session itself is the answer's way: what its connection makes of the end comes.
  if (way === 'a script with one pipeline') continue
  describe(`a request that ends in its middle, through ${way}`, () => {
    for (const half of HEADS) {
      test(`is answered with 400: ${JSON.stringify(half)}`, async (context) => {
        const upstream = await startRawServer(context)
        const { port } = await start(context, upstream.address)
        const client = await connectRaw(context, port)
        client.end(half)
        const answer = await client.message()
        assert.equal(answer.status, 400)
        assert.equal(answer.field('connection'), 'close')
        assert.equal(await client.rest(), '')
        assert.equal(upstream.accepted, 0)
      })
    }

    for (const [head, body] of BODIES) {
      test(`is answered with 400: ${JSON.stringify(head + body)}`, async (context) => {
        const upstream = await startRawServer(context)
        const { port } = await start(context, upstream.address)
        const client = await connectRaw(context, port)
        client.write(head + body)
        const peer = await upstream.connection()
        await peer.through('abc')
        client.end()
        assert.equal((await client.message()).status, 400)
        assert.equal(await client.rest(), '')
        // Nothing that the upstream could take for the end of the request.
        await peer.over()
        assert.equal(peer.untaken.includes('0\r\n\r\n'), false)
      })
    }

    test('is answered behind those before it', async (context) => {
      const upstream = await startRawServer(context)
      const { port } = await start(context, upstream.address)
      const client = await connectRaw(context, port)
      client.end(`${GET}GET /2 HTTP/1.1\r\n`)
      const peer = await upstream.connection()
      await peer.message()
      peer.write(response('one'))
      assert.equal((await client.message()).body, 'one')
      assert.equal((await client.message()).status, 400)
      assert.equal(await client.rest(), '')
    })
  })
}

test('an end between requests gets no answer', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await (WAYS['lb'] as NonNullable<(typeof WAYS)[string]>)(
    context,
    upstream.address,
  )
  for (const text of ['', '\r\n']) {
    const client = await connectRaw(context, port)
    client.end(text)
    assert.equal(await client.rest(), '')
  }
})
