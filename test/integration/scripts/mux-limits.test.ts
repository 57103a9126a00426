import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { findFreePort } from '../../../bench/load/process/free-port.ts'
import { connectRaw, exchange } from '../support/byte-stream.ts'
import { answering, response, startRawServer } from '../support/raw-server.ts'
import type { RunningLb } from '../support/start-lb.ts'
import { startScript } from '../support/start-script.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

function startMux(context: TestContext, to: string, options: string): Promise<RunningLb> {
  return startScript(
    context,
    `pipy()
      .listen(0, { host: '127.0.0.1' })
      .decodeHttpRequest().demux('request').encodeHttpResponse()
      .pipeline('request').mux('upstream', null, ${options})
      .pipeline('upstream').encodeHttpRequest().connect('${to}').decodeHttpResponse()`,
  )
}

async function statuses(context: TestContext, port: number, count: number): Promise<number[]> {
  const answers = Array.from({ length: count }, () => exchange(context, port, GET))
  return (await Promise.all(answers)).map(({ status }) => status).sort()
}

test('one session at a time serves everybody in turn', async (context) => {
  const upstream = await startRawServer(
    context,
    answering(() => response('ok')),
  )
  const { port } = await startMux(context, upstream.address, '{ pipelining: 1, maxSessions: 1 }')
  assert.deepEqual(await statuses(context, port, 50), Array(50).fill(200))
  assert.equal(upstream.accepted, 1)
})

test('a session that closes after each answer makes room for the next', async (context) => {
  const upstream = await startRawServer(context, async (connection) => {
    await connection.message()
    connection.end(response('ok', 'Connection: close'))
  })
  const { port } = await startMux(context, upstream.address, '{ pipelining: 1, maxSessions: 2 }')
  assert.deepEqual(await statuses(context, port, 20), Array(20).fill(200))
  assert.equal(upstream.accepted, 20)
})

test('all who wait for a target that refuses are told', async (context) => {
  const to = `127.0.0.1:${await findFreePort()}`
  const { port } = await startMux(context, to, '{ pipelining: 1, maxSessions: 1 }')
  assert.deepEqual(await statuses(context, port, 30), Array(30).fill(503))
})

test('who finds the queue full gets a 503 at once, the others their answers', async (context) => {
  const upstream = await startRawServer(context)
  const options = '{ pipelining: 1, maxSessions: 1, maxQueue: 2 }'
  const { port } = await startMux(context, upstream.address, options)
  const clients = await Promise.all(Array.from({ length: 5 }, () => connectRaw(context, port)))
  for (const client of clients) client.write(GET)
  const answers = clients.map((client) => client.message())
  const connection = await upstream.connection()
  assert.equal((await Promise.race(answers)).status, 503)
  for (let i = 0; i < 3; i++) {
    await connection.message()
    connection.write(response('ok'))
  }
  const found = (await Promise.all(answers)).map(({ status }) => status)
  assert.deepEqual(found.sort(), [200, 200, 200, 503, 503])
})

test('a client that leaves while it waits is forgotten', async (context) => {
  const upstream = await startRawServer(context)
  const { port } = await startMux(context, upstream.address, '{ pipelining: 1, maxSessions: 1 }')
  const first = await connectRaw(context, port)
  first.write(GET)
  const connection = await upstream.connection()
  await connection.message()
  const second = await connectRaw(context, port)
  second.write(GET.replace('/ ', '/gone '))
  const third = await connectRaw(context, port)
  third.write(GET.replace('/ ', '/third '))
  second.reset()
  // A fourth client's refusal tells that the reset of the second has been seen.
  const fourth = await connectRaw(context, port)
  fourth.write('RUBBISH\r\n\r\n')
  await fourth.message()
  connection.write(response('first'))
  assert.equal((await first.message()).body, 'first')
  assert.equal((await connection.message()).startLine, 'GET /third HTTP/1.1')
  connection.write(response('third'))
  assert.equal((await third.message()).body, 'third')
})
