import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startSluice } from '../../support/sluice-process.ts'
import { temporaryScript } from '../../support/temporary-script.ts'

test('a selector that throws when it is asked again costs only its own request', async (context) => {
  const file = temporaryScript(
    context,
    `
    pipy({ _g: { asked: 0 }, _target: '' })
      .listen(0)
        .decodeHttpRequest()
        .demux('request')
        .encodeHttpResponse()
      .pipeline('request')
        .mux('upstream', () => (
          _g.asked++ === 1 ? undefined.nothing : _target = '127.0.0.1:1'
        ), { pipelining: 1 })
      .pipeline('upstream')
        .encodeHttpRequest()
        .connect(() => _target)
        .decodeHttpResponse()
    `,
  )
  const sluice = startSluice(context, [file])
  const [port] = await sluice.ports()
  const first = await fetch(`http://127.0.0.1:${port}/`)
  assert.equal(first.status, 500)
  // The worker is the same one: its count goes on, and nothing listens on port 1.
  const second = await fetch(`http://127.0.0.1:${port}/`)
  assert.equal(second.status, 503)
})
