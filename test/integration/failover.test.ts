import assert from 'node:assert/strict'
import { test } from 'node:test'
import { findFreePort } from '../../bench/load/process/free-port.ts'
import { connectRaw, exchange } from './support/byte-stream.ts'
import { answering, response, startRawServer } from './support/raw-server.ts'
import { startLb } from './support/start-lb.ts'

const GET = 'GET / HTTP/1.1\r\nHost: a\r\n\r\n'

for (const balance of ['round-robin', 'least-connections', 'random']) {
  test(`${balance}: with one of two endpoints dead, no request fails`, async (context) => {
    const alive = await startRawServer(
      context,
      answering((line) => response(line)),
    )
    const dead = `127.0.0.1:${await findFreePort()}`
    const { port } = await startLb(context, [dead, alive], '--balance', balance)
    const client = await connectRaw(context, port)
    for (let i = 0; i < 10; i++) assert.equal((await client.write(GET).message()).status, 200)
    for (let i = 0; i < 10; i++) {
      const body = 'x'.repeat(i * 1000)
      const post = `POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`
      assert.equal((await exchange(context, port, post)).body, 'POST /p HTTP/1.1')
    }
  })
}

test('a large upload survives a dead first choice', async (context) => {
  const sizes: number[] = []
  const alive = await startRawServer(context, async (connection) => {
    for (;;) {
      const { body } = await connection.message()
      sizes.push(body.length)
      connection.write(response(`${body.length}`))
    }
  })
  const dead = `127.0.0.1:${await findFreePort()}`
  // Both orders: the first pick is the first endpoint, whichever that is.
  for (const order of [
    [dead, alive.address],
    [alive.address, dead],
  ]) {
    const { port } = await startLb(context, order)
    for (let i = 0; i < 2; i++) {
      const body = 'x'.repeat(1_000_000)
      const post = `POST / HTTP/1.1\r\nHost: a\r\nContent-Length: ${body.length}\r\n\r\n${body}`
      assert.equal((await exchange(context, port, post)).body, `${body.length}`)
    }
  }
  assert.deepEqual(sizes, Array(4).fill(1_000_000))
})

test('an endpoint that dies under load costs no request that had not reached it', async (context) => {
  const alive = await startRawServer(
    context,
    answering(() => response('b')),
  )
  const dying = await startRawServer(
    context,
    answering(() => response('a')),
  )
  const { port } = await startLb(context, [dying, alive])
  const client = await connectRaw(context, port)
  const names: string[] = []
  for (let i = 0; i < 40; i++) {
    if (i === 20) {
      dying.close()
      dying.dropAll()
    }
    const { status, body } = await client.write(GET).message()
    assert.equal(status, 200)
    names.push(body)
  }
  assert.equal(names.slice(0, 20).filter((name) => name === 'a').length, 10)
  assert.deepEqual(names.slice(20), Array(20).fill('b'))
})

test('when all endpoints are dead, one that comes back is found', async (context) => {
  const port1 = await findFreePort()
  const { port } = await startLb(context, [`127.0.0.1:${port1}`])
  assert.equal((await exchange(context, port, GET)).status, 503)
  await startRawServer(
    context,
    answering(() => response('back')),
    { host: '127.0.0.1', port: port1 },
  )
  assert.equal((await exchange(context, port, GET)).body, 'back')
})

test('a connection that is refused at once costs no request either', async (context) => {
  const alive = await startRawServer(
    context,
    answering((line) => response(line)),
  )
  // A Unix socket that is not there fails inside of the call that connects.
  const missing = `unix:/tmp/sluice-no-such-${process.pid}.sock`
  const { port } = await startLb(context, [missing, alive])
  const post = 'POST /p HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc'
  for (let i = 0; i < 4; i++) {
    assert.equal((await exchange(context, port, GET)).body, 'GET / HTTP/1.1')
    assert.equal((await exchange(context, port, post)).body, 'POST /p HTTP/1.1')
  }
  const alone = await startLb(context, [missing])
  assert.equal((await exchange(context, alone.port, GET)).status, 503)
  assert.equal((await exchange(context, alone.port, post)).status, 503)
})
