import assert from 'node:assert/strict'
import { describe, type TestContext, test } from 'node:test'
import { findFreePort } from '../../bench/load/process/free-port.ts'
import { CALL, EVENT, frame, REQUEST } from '../support/dubbo-frames.ts'
import { DubboPeer } from './support/dubbo-peer.ts'
import { type RawServer, startRawServer } from './support/raw-server.ts'
import type { RunningLb } from './support/start-lb.ts'
import { startScript } from './support/start-script.ts'

const RESPONSE = 2
const HEARTBEAT = CALL | EVENT

/*
 * Two scripts that mean the same. In the first the codecs stand next to the sockets, so that native
 * framers do their work; in the second `link` stands in between, so that bytes are events.
 */
type Script = (to: string, options?: string) => string

const SCRIPTS: Record<'fused' | 'direct' | 'withoutDemux', Script> = {
  fused: (to, options = '{}') => `pipy()
    .listen(0, { host: '127.0.0.1' }).decodeDubbo().demux('call').encodeDubbo()
    .pipeline('call').mux('up')
    .pipeline('up').encodeDubbo().connect('${to}', ${options}).decodeDubbo()`,
  direct: (to, options = '{}') => `pipy()
    .listen(0, { host: '127.0.0.1' }).link('codecs')
    .pipeline('codecs').decodeDubbo().demux('call').encodeDubbo()
    .pipeline('call').mux('up')
    .pipeline('up').encodeDubbo().link('socket').decodeDubbo()
    .pipeline('socket').connect('${to}', ${options})`,
  withoutDemux: (to, options = '{}') => `pipy()
    .listen(0, { host: '127.0.0.1' }).decodeDubbo().mux('up').encodeDubbo()
    .pipeline('up').encodeDubbo().connect('${to}', ${options}).decodeDubbo()`,
}

interface Rig {
  lb: RunningLb
  server: RawServer
  client: () => Promise<DubboPeer>
  upstream: () => Promise<DubboPeer>
}

async function start(context: TestContext, script: Script, options?: string): Promise<Rig> {
  const server = await startRawServer(context)
  const lb = await startScript(context, script(server.address, options))
  return {
    lb,
    server,
    client: () => DubboPeer.connect(context, lb.port),
    upstream: async () => new DubboPeer(await server.connection()),
  }
}

for (const [name, script] of Object.entries(SCRIPTS)) {
  describe(`Dubbo, ${name}`, () => {
    test('calls of several clients share a connection, answers find their way', async (context) => {
      const { client, upstream, server } = await start(context, script)
      const [a, b] = [await client(), await client()]
      a.send(CALL, 2n ** 63n - 1n, 'a').send(CALL, 2, 'second')
      const up = await upstream()
      const calls = [await up.frame(), await up.frame()]
      b.send(CALL, 2, 'b')
      calls.push(await up.frame())
      assert.deepEqual(
        calls.map(({ id, body }) => `${id} ${body}`),
        ['1 a', '2 second', '3 b'],
      )
      up.send(RESPONSE, 3, 'B', 20).send(RESPONSE, 2, 'SECOND', 20).send(RESPONSE, 1, 'A', 70)
      assert.equal(await b.line(), '2 20 2 B')
      assert.equal(await a.line(), '2 20 2 SECOND')
      assert.equal(await a.line(), `2 70 ${2n ** 63n - 1n} A`)
      assert.equal(server.accepted, 1)
    })

    test('bodies of any length, cut anywhere', async (context) => {
      const { client, upstream } = await start(context, script)
      const a = await client()
      const up = upstream()
      const sizes = [0, 1, 15, 16, 17, 2047, 2048, 65_519, 65_536, 300_000, 3_000_000]
      for (const [index, size] of sizes.entries()) {
        const body = String.fromCharCode(97 + index).repeat(size)
        const bytes = frame(CALL, index, body)
        for (const cut of [1, 15, 17, 1000, bytes.length]) {
          a.stream.write(bytes.subarray(0, cut))
          await new Promise((resolve) => setImmediate(resolve))
          a.stream.write(bytes.subarray(cut))
          const call = await (await up).frame()
          assert.ok(call.body === body)
          const answer = frame(RESPONSE, call.id, body.toUpperCase(), 20)
          ;(await up).stream.write(answer.subarray(0, cut))
          await new Promise((resolve) => setImmediate(resolve))
          ;(await up).stream.write(answer.subarray(cut))
          const received = await a.frame()
          assert.ok(received.body === body.toUpperCase() && received.id === BigInt(index))
        }
      }
    })

    test('heartbeats are answered on each side and go no further', async (context) => {
      const { client, upstream, server } = await start(context, script)
      const a = await client()
      a.send(HEARTBEAT, 77, 'N')
      assert.equal(await a.line(), '22 20 77 N')
      assert.equal(server.accepted, 0)
      a.send(CALL, 1, 'a')
      const up = await upstream()
      assert.equal(await up.line(), 'c2 0 1 a')
      up.send(HEARTBEAT, -1, 'N')
      assert.equal(await up.line(), '22 20 -1 N')
      up.send(RESPONSE, 1, 'A', 20)
      assert.equal(await a.line(), '2 20 1 A')
    })

    test('an upstream that says R is left when it has answered', async (context) => {
      const { client, upstream } = await start(context, script)
      const a = await client()
      a.send(CALL, 1, 'a')
      const first = await upstream()
      await first.frame()
      first.send(REQUEST | EVENT | 2, 9, '\x01R')
      // Heeded when the heartbeat behind it is answered.
      first.send(HEARTBEAT, 10, 'N')
      assert.equal(await first.line(), '22 20 10 N')
      a.send(CALL, 2, 'b')
      const second = await upstream()
      assert.equal(await second.line(), 'c2 0 1 b')
      first.send(RESPONSE, 1, 'A', 20)
      assert.equal(await a.line(), '2 20 1 A')
      assert.equal(await first.stream.over(), 'end')
      second.send(RESPONSE, 1, 'B', 20)
      assert.equal(await a.line(), '2 20 2 B')
    })

    test('an upstream that breaks off: status 80 for what it owed, then a new connection', async (context) => {
      const { client, upstream, server } = await start(context, script)
      const [a, b] = [await client(), await client()]
      a.send(CALL, 1, 'a').send(CALL, 2, 'b')
      const up = await upstream()
      await up.frame()
      await up.frame()
      b.send(CALL, 3, 'c')
      await up.frame()
      server.dropAll()
      assert.equal(await a.line(), '2 80 1 \x0aRead Error')
      assert.equal(await a.line(), '2 80 2 \x0aRead Error')
      assert.equal(await b.line(), '2 80 3 \x0aRead Error')
      a.send(CALL, 4, 'again')
      const next = await upstream()
      assert.equal((await next.frame()).body, 'again')
    })

    test('an upstream that is not there: status 80', async (context) => {
      const { port } = await startScript(context, script(`127.0.0.1:${await findFreePort()}`))
      const a = await DubboPeer.connect(context, port)
      a.send(CALL, 1, 'a')
      assert.equal(await a.line(), '2 80 1 \x12Connection Refused')
      a.send(CALL, 2, 'b').send(HEARTBEAT, 3, 'N')
      const lines = [await a.line(), await a.line()].sort()
      assert.deepEqual(lines, ['2 80 2 \x12Connection Refused', '22 20 3 N'])
    })

    test('one-way messages are sent and leave nothing behind', async (context) => {
      const { client, upstream } = await start(context, script)
      const a = await client()
      for (let i = 0; i < 3000; i++) a.send(REQUEST | 2, i, `${i}`)
      a.send(CALL, 5000, 'last')
      const up = await upstream()
      for (let i = 0; i < 3000; i++) assert.equal((await up.frame()).body, `${i}`)
      assert.equal((await up.frame()).body, 'last')
      up.send(RESPONSE, 3001, 'ok', 20)
      assert.equal(await a.line(), '2 20 5000 ok')
    })

    test('bytes that are not Dubbo close the connection', async (context) => {
      const { client, upstream } = await start(context, script)
      const [a, b] = [await client(), await client()]
      b.send(CALL, 1, 'b')
      const up = await upstream()
      await up.frame()
      a.stream.write('GET / HTTP/1.1\r\n\r\n')
      assert.notEqual(await a.stream.over(), 'open')
      up.send(RESPONSE, 1, 'B', 20)
      assert.equal(await b.line(), '2 20 1 B')
    })

    test('a client that has sent its last call gets its answers, then the end', async (context) => {
      const { client, upstream } = await start(context, script)
      const a = await client()
      a.send(CALL, 1, 'a').send(CALL, 2, 'b').stream.end()
      const up = await upstream()
      await up.frame()
      await up.frame()
      up.send(RESPONSE, 2, 'B', 20).send(RESPONSE, 1, 'A', 20)
      assert.equal(await a.line(), '2 20 2 B')
      assert.equal(await a.line(), '2 20 1 A')
      assert.equal(await a.stream.over(), 'end')
    })
  })
}

test('a call without an answer in time gets status 31, the others go on', async (context) => {
  const { client, upstream } = await start(context, SCRIPTS.fused, '{ responseTimeout: 0.3 }')
  const a = await client()
  a.send(CALL, 1, 'slow')
  const up = await upstream()
  await up.frame()
  assert.equal(await a.line(), '2 31 1 \x0fGateway Timeout')
  a.send(CALL, 2, 'quick')
  await up.frame()
  up.send(RESPONSE, 1, 'late', 20).send(RESPONSE, 2, 'ok', 20)
  assert.equal(await a.line(), '2 20 2 ok')
})

test('a worker that stops says R, answers what is due, and closes', async (context) => {
  const { lb, client, upstream } = await start(context, SCRIPTS.fused)
  const a = await client()
  a.send(CALL, 1, 'a')
  const up = await upstream()
  await up.frame()
  lb.sluice.signal('SIGTERM')
  assert.equal(await a.line(), 'a2 0 0 \x01R')
  up.send(RESPONSE, 1, 'A', 20)
  assert.equal(await a.line(), '2 20 1 A')
  assert.equal(await a.stream.over(), 'end')
})

test('HTTP to Dubbo and back: JSON, Hessian, a frame to an echo, and all the way back', async (context) => {
  const echo = await startRawServer(context, (stream) => stream.socket.pipe(stream.socket))
  const { port } = await startScript(
    context,
    `pipy().listen(0, { host: '127.0.0.1' })
      .decodeHttpRequest()
      .replaceMessageBody(body => Hessian.encode(JSON.decode(body)))
      .encodeDubbo().connect('${echo.address}').decodeDubbo()
      .replaceMessageBody(body => JSON.encode(Hessian.decode(body)))
      .encodeHttpResponse()`,
  )
  const values = [null, true, false, 42, 12.0625, 'text', { a: [1, { b: 'c' }] }, {}]
  const answer = await fetch(`http://127.0.0.1:${port}/`, {
    method: 'POST',
    body: JSON.stringify(values),
  })
  assert.equal(answer.status, 200)
  assert.deepEqual(await answer.json(), values)
})
