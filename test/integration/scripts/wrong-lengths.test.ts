import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connectRaw } from '../support/byte-stream.ts'
import { startRawServer } from '../support/raw-server.ts'
import { startScript } from '../support/start-script.ts'

/** A script that sends on all requests under the head of the first one, length and all. */
const behindFirstHead = (address: string, shared: boolean) => `
pipy({ first: null })
  .listen(0)
    .decodeHttpRequest()
    .replaceMessageStart(start => first ??= start)
    ${shared ? ".mux('upstream').encodeHttpResponse()\n  .pipeline('upstream')" : ''}
    .encodeHttpRequest()
    .connect('${address}')
    .decodeHttpResponse()
    ${shared ? '' : '.encodeHttpResponse()'}
`

const post = (body: string) =>
  `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`

for (const shared of [false, true]) {
  for (const body of ['longer', 'sh', '']) {
    const what = `${JSON.stringify(body)} of 4 announced bytes${shared ? ', on a shared session' : ''}`
    test(`a script's request with ${what} is answered 500`, async (context) => {
      const upstream = await startRawServer(context)
      const { port, sluice } = await startScript(context, behindFirstHead(upstream.address, shared))
      const client = await connectRaw(context, port)
      client.write(post('four'))
      const connection = await upstream.connection()
      await connection.through('four')
      connection.write('HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok')
      assert.equal((await client.message()).status, 200)
      client.write(post(body))
      assert.equal((await client.message()).status, 500)
      assert.equal(await connection.over(), 'reset')
      await sluice.until(
        () => /as long as its Content-Length/.test(sluice.stderr + sluice.stdout),
        'complain',
      )
    })
  }
}
