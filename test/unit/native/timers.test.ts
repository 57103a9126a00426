import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  CMD_FRAMER,
  CMD_TIMEOUT,
  EV_ACCEPT,
  EV_HEAD,
  EV_TIMEOUT,
  FRAMER_HTTP_REQUEST,
  TIMEOUT_DEADLINE,
  TIMEOUT_HEAD,
  TIMEOUT_IDLE,
} from '../../../src/native/protocol.ts'
import { connectClient, TestEngine } from './test-engine.ts'

function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

async function setUp(options = {}): Promise<{
  engine: TestEngine
  client: Awaited<ReturnType<typeof connectClient>>
  connection: number
}> {
  const engine = new TestEngine(options)
  const client = await connectClient({ port: engine.port })
  const { connection } = await engine.take(EV_ACCEPT)
  return { engine, client, connection }
}

test('a deadline fires once, whatever happens on the connection', async () => {
  const { engine, client, connection } = await setUp()
  engine.reactor.command3(CMD_TIMEOUT, connection, 300, TIMEOUT_DEADLINE)
  engine.reactor.flush()
  const started = Date.now()
  const chatter = setInterval(() => client.write('x'), 20)
  assert.equal((await engine.take(EV_TIMEOUT, connection)).fields[2], TIMEOUT_DEADLINE)
  assert.ok(Date.now() - started >= 250 && Date.now() - started < 1500)
  clearInterval(chatter)
  await sleep(400)
  assert.equal(engine.untaken(EV_TIMEOUT).length, 0)
  engine.close()
})

test('an idle time-out waits for the last byte', async () => {
  const { engine, client, connection } = await setUp()
  engine.reactor.command3(CMD_TIMEOUT, connection, 300, TIMEOUT_IDLE)
  engine.reactor.flush()
  for (let i = 0; i < 8; i++) {
    client.write('x')
    await sleep(100)
  }
  assert.equal(engine.untaken(EV_TIMEOUT).length, 0)
  assert.equal((await engine.take(EV_TIMEOUT, connection)).fields[2], TIMEOUT_IDLE)
  engine.close()
})

test('a cleared time-out does not fire', async () => {
  const { engine, connection } = await setUp()
  engine.reactor.command3(CMD_TIMEOUT, connection, 200, TIMEOUT_DEADLINE)
  engine.reactor.command3(CMD_TIMEOUT, connection, 0, TIMEOUT_DEADLINE)
  engine.reactor.flush()
  await sleep(500)
  assert.equal(engine.untaken(EV_TIMEOUT).length, 0)
  engine.close()
})

test('a head must be complete in time', async () => {
  const { engine, client, connection } = await setUp({ headTimeoutMs: 300 })
  engine.reactor.command2(CMD_FRAMER, connection, FRAMER_HTTP_REQUEST)
  engine.reactor.flush()
  client.write('GET / HTTP/1.1\r\nHost: a\r\n\r\n')
  await engine.take(EV_HEAD, connection)
  await sleep(500)
  assert.equal(engine.untaken(EV_TIMEOUT).length, 0, 'between messages nothing is due')
  client.write('GET / HT')
  await sleep(150)
  client.write('TP')
  assert.equal((await engine.take(EV_TIMEOUT, connection)).fields[2], TIMEOUT_HEAD)
  engine.close()
})

test('many deadlines, each in its own time', async () => {
  const { engine, client, connection } = await setUp()
  const others = []
  for (let i = 0; i < 20; i++) {
    await connectClient({ port: engine.port })
    const id = (await engine.take(EV_ACCEPT)).connection
    others.push(id)
    engine.reactor.command3(CMD_TIMEOUT, id, 100 + i * 40, TIMEOUT_DEADLINE)
  }
  engine.reactor.command3(CMD_TIMEOUT, connection, 1000, TIMEOUT_DEADLINE)
  engine.reactor.flush()
  await engine.take(EV_TIMEOUT, connection)
  const order = engine.untaken(EV_TIMEOUT).map((event) => event.connection)
  assert.deepEqual(
    [...order].sort((a, b) => a - b),
    others,
  )
  client.destroy()
  engine.close()
})
