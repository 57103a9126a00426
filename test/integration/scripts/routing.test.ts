import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startSluice } from '../../support/sluice-process.ts'
import { temporaryScript } from '../../support/temporary-script.ts'
import { connectRaw } from '../support/byte-stream.ts'
import { curl } from '../support/curl.ts'
import { startRawServer } from '../support/raw-server.ts'

test('a connection is routed by its first request, which a fork looks at', async (context) => {
  const answer = (name: string): string => `HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n${name}`
  const a = await startRawServer(context, (connection) => connection.write(answer('a')))
  const b = await startRawServer(context, (connection) => connection.write(answer('b')))
  const file = temporaryScript(
    context,
    `
    pipy({
      _router: new algo.URLRouter({
        '/a/*': '${a.address}',
        '*.example.com/b': '${b.address}',
      }),
      _target: null,
    })
      .listen(0)
        .fork('routing')
        .wait(() => _target !== null)
        .link('forward', () => _target !== undefined, 'none')
      .pipeline('routing')
        .decodeHttpRequest()
        .onMessageStart(({ head }) => _target = _router.find(head.headers.host, head.path))
      .pipeline('forward')
        .connect(() => _target)
      .pipeline('none')
        .decodeHttpRequest()
        .replaceMessage(new Message({ status: 404 }, 'No route'))
        .encodeHttpResponse()
    `,
  )
  const sluice = startSluice(context, [file])
  const [port] = await sluice.ports()
  const url = `http://127.0.0.1:${port}`
  assert.equal((await curl(`${url}/a/x?y=z`)).stdout, 'a')
  assert.equal((await curl('-H', 'Host: x.example.com', `${url}/b`)).stdout, 'b')
  assert.equal((await curl(`${url}/b`)).stdout, 'No route')
})

test('wait looks again when a connection of the same context answers', async (context) => {
  const oracle = await startRawServer(context, async (connection) => {
    await connection.through('!')
    connection.write('yes')
  })
  const file = temporaryScript(
    context,
    `
    pipy({ _answer: '' })
      .listen(0)
        .fork('ask')
        .wait(() => _answer)
        .replaceData(data => new Data(data.toString() + _answer))
      .pipeline('ask')
        .connect('${oracle.address}')
        .onData(data => _answer = data.toString())
    `,
  )
  const sluice = startSluice(context, [file])
  const [port = 0] = await sluice.ports()
  const client = await connectRaw(context, { host: '127.0.0.1', port })
  client.write('is it?!')
  assert.equal(await client.through('yes'), 'is it?!yes')
})
