import assert from 'node:assert/strict'
import { test } from 'node:test'
import { connectRaw } from '../support/byte-stream.ts'
import { answering, response, startRawServer } from '../support/raw-server.ts'
import { startLb } from '../support/start-lb.ts'
import { startProxy, WAYS } from './support.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

for (const way of WAYS) {
  test(`connections of a listener, ${way}: one too many is answered 503`, async (context) => {
    const upstream = await startRawServer(
      context,
      answering(() => response('ok')),
    )
    const settings = {
      options: ['--max-connections', '1'],
      script: 'limits: { maxConnections: 1 }',
    }
    const { port, sluice } = await startProxy(context, way, upstream, settings)
    const first = await connectRaw(context, port)
    assert.equal((await first.write(GET).message()).status, 200)
    const second = await connectRaw(context, port)
    const answer = await second.write(GET).message()
    assert.equal(answer.status, 503)
    assert.equal(answer.field('connection'), 'close')
    assert.equal(await second.rest(), '')
    assert.equal((await first.write(GET).message()).status, 200)
    sluice.signal('SIGTSTP')
    await sluice.line(/^connectionsLimit +1$/m)
  })
}

test('connections of a client: the limit is its own, and counts those that stand', async (context) => {
  const upstream = await startRawServer(
    context,
    answering(() => response('ok')),
  )
  const { port, sluice } = await startLb(context, [upstream], '--max-connections-per-address', '1')
  const ask = async (localAddress: string) => {
    const client = await connectRaw(context, { port, host: '127.0.0.1', localAddress })
    const { status } = await client.write(GET).message()
    return { client, status }
  }
  const { client, status } = await ask('127.0.0.1')
  assert.equal(status, 200)
  assert.equal((await ask('127.0.0.1')).status, 503)
  assert.equal((await ask('127.0.0.2')).status, 200)
  client.end()
  await client.over()
  assert.equal((await ask('127.0.0.1')).status, 200)
  sluice.signal('SIGTSTP')
  await sluice.line(/^addressLimit +1$/m)
})

test('TCP: a connection that is one too many is closed', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startLb(context, [upstream], '--tcp', '--max-connections', '1')
  const first = await connectRaw(context, port)
  const connection = await upstream.connection()
  const second = await connectRaw(context, port)
  assert.equal(await second.rest(), '')
  first.write('still here')
  await connection.through('still here')
  assert.equal(upstream.accepted, 1)
})

test('the number is for all workers, an equal part for each', async (context) => {
  const upstream = await startRawServer(
    context,
    answering(() => response('ok')),
  )
  const limits = ['--workers', '2', '--max-connections', '4']
  const { port } = await startLb(context, [upstream], ...limits)
  let accepted = 0
  for (let i = 0; i < 40; i++) {
    const client = await connectRaw(context, port)
    if ((await client.write(GET).message()).status === 200) accepted++
  }
  assert.equal(accepted, 4)
})
