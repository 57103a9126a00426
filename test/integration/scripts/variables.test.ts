import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connectRaw } from '../support/byte-stream.ts'
import { startScript } from '../support/start-script.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

test('each connection has variables of its own, kept from request to request', async (context) => {
  const { port } = await startScript(
    context,
    `pipy({ count: 0, list: null })
      .listen(0, { host: '127.0.0.1' })
      .decodeHttpRequest()
      .onMessageStart(() => (count++, list = [...(list || []), count]))
      .replaceMessage(() => new Message(\`\${count} \${list.join('+')}\`))
      .encodeHttpResponse()`,
  )
  const one = await connectRaw(context, port)
  const two = await connectRaw(context, port)
  assert.equal((await one.write(GET).message()).body, '1 1')
  assert.equal((await one.write(GET).message()).body, '2 1+2')
  assert.equal((await two.write(GET).message()).body, '1 1')
  assert.equal((await one.write(GET).message()).body, '3 1+2+3')
  assert.equal((await two.write(GET).message()).body, '2 1+2')
})

test('behind demux each message starts with the values of its connection', async (context) => {
  const { port } = await startScript(
    context,
    `pipy({ requests: 0, mine: 'unset' })
      .listen(0, { host: '127.0.0.1' })
      .decodeHttpRequest()
      .onMessageStart(() => requests++)
      .demux('one')
      .encodeHttpResponse()
      .pipeline('one')
      .onMessageStart(e => (mine = mine + e.head.path, requests += 100))
      .replaceMessage(() => new Message(mine + ' ' + requests))`,
  )
  const client = await connectRaw(context, port)
  const get = (path: string): string => GET.replace('/ ', `${path} `)
  assert.equal((await client.write(get('/a')).message()).body, 'unset/a 101')
  assert.equal((await client.write(get('/b')).message()).body, 'unset/b 102')
  client.write(get('/c') + get('/d'))
  assert.equal((await client.message()).body, 'unset/c 103')
  assert.equal((await client.message()).body, 'unset/d 104')
})

test('__inbound tells the client from the others', async (context) => {
  const { port } = await startScript(
    context,
    `pipy()
      .listen(0, { host: '127.0.0.1' })
      .decodeHttpRequest()
      .replaceMessage(() => new Message(
        [__inbound.remoteAddress, __inbound.remotePort, __inbound.localPort, __inbound.id].join()
      ))
      .encodeHttpResponse()`,
  )
  const ids = new Set<string>()
  for (let i = 0; i < 3; i++) {
    const client = await connectRaw(context, port)
    const [address, remote, local, id = ''] = (await client.write(GET).message()).body.split(',')
    assert.equal(address, '127.0.0.1')
    assert.equal(Number(remote), client.socket.localPort)
    assert.equal(Number(local), port)
    ids.add(id)
  }
  assert.equal(ids.size, 3)
})
