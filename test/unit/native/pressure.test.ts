import assert from 'node:assert/strict'
import { test } from 'node:test'
import {
  CMD_CLOSE,
  CMD_RESUME,
  CMD_SEND,
  CMD_WATERMARK,
  EV_ACCEPT,
  EV_CONGESTED,
  EV_DATA,
  EV_DRAINED,
  EV_END,
} from '../../../src/native/protocol.ts'
import { connectClient, readAll, TestEngine, until } from './test-engine.ts'

const PIECE = 'x'.repeat(50_000)

test('congestion is reported once, and draining once', async () => {
  const engine = new TestEngine()
  const client = await connectClient({ port: engine.port })
  const { connection } = await engine.take(EV_ACCEPT)
  let sent = 0
  while (engine.untaken(EV_CONGESTED).length === 0) {
    engine.send(connection, PIECE)
    sent += PIECE.length
    await new Promise((resolve) => setImmediate(resolve))
  }
  engine.send(connection, PIECE)
  sent += PIECE.length
  await new Promise((resolve) => setTimeout(resolve, 20))
  assert.equal(engine.untaken(EV_CONGESTED).length, 1)
  assert.equal(engine.untaken(EV_DRAINED).length, 0)
  assert.ok(engine.reactor.stats().chunks > 4, 'what is queued stays in the slab')
  const received = readAll(client)
  await engine.take(EV_DRAINED, connection)
  engine.reactor.command1(CMD_CLOSE, connection)
  engine.reactor.flush()
  assert.equal((await received).length, sent)
  assert.equal(engine.untaken(EV_DRAINED).length, 0)
  await until(() => {
    engine.reactor.flush()
    return engine.reactor.stats().chunks <= 2
  })
  engine.close()
})

test('the watermarks of a connection can be changed', async () => {
  const engine = new TestEngine()
  const client = await connectClient({ port: engine.port })
  const { connection } = await engine.take(EV_ACCEPT)
  engine.reactor.command2(CMD_WATERMARK, connection, 1)
  const body = Buffer.alloc(16 << 20, 'y')
  engine.reactor.sendBytes(connection, body)
  engine.reactor.flush()
  await engine.take(EV_CONGESTED, connection)
  engine.reactor.command1(CMD_CLOSE, connection)
  const received = readAll(client)
  engine.reactor.flush()
  assert.equal((await received).length, body.length)
  engine.close()
})

test('small pieces for a stuck peer do not pin chunks, and keep their order', async () => {
  const engine = new TestEngine()
  const client = await connectClient({ port: engine.port })
  const { connection } = await engine.take(EV_ACCEPT)
  let expected = ''
  while (engine.untaken(EV_CONGESTED).length === 0) {
    engine.send(connection, PIECE)
    expected += PIECE
    await new Promise((resolve) => setImmediate(resolve))
  }
  const before = engine.reactor.stats().chunks
  for (let i = 0; i < 2000; i++) {
    const text = `piece ${i};`
    engine.send(connection, text)
    expected += text
  }
  assert.ok(engine.reactor.stats().chunks <= before + 1)
  engine.reactor.command1(CMD_CLOSE, connection)
  engine.reactor.flush()
  assert.equal((await readAll(client)) === expected, true)
  engine.close()
})

test('an exhausted slab delays reading and loses nothing', async () => {
  // 16 chunks: a peer that does not read soon pins them all.
  const engine = new TestEngine({ slabBytes: 1 << 20 })
  const sink = await connectClient({ port: engine.port })
  const out = (await engine.take(EV_ACCEPT)).connection
  engine.reactor.command2(CMD_WATERMARK, out, 1 << 30)
  const source = await connectClient({ port: engine.port })
  const other = await connectClient({ port: engine.port })
  const from = (await engine.take(EV_ACCEPT)).connection
  const idle = (await engine.take(EV_ACCEPT)).connection
  engine.onEvent = ({ kind, connection, fields }) => {
    const { reactor } = engine
    if (kind === EV_DATA && connection === from) {
      reactor.command3(CMD_SEND, out, Number(fields[2]), Number(fields[3]))
    } else if (kind === EV_END && connection === from) {
      reactor.command1(CMD_CLOSE, from)
      reactor.command1(CMD_CLOSE, out)
    }
  }
  const body = Buffer.alloc(24 << 20)
  for (let i = 0; i < body.length; i++) body[i] = (i * 31 + (i >> 8)) & 127
  source.end(body)
  await until(() => engine.reactor.stats().starvations > 0)
  // Heads and answers still find memory.
  engine.send(idle, 'alive')
  const answered = new Promise((resolve) => other.once('data', resolve))
  assert.equal(String(await answered), 'alive')
  const text = await readAll(sink)
  assert.equal(Buffer.from(text, 'latin1').equals(body), true)
  other.write('still there')
  assert.equal(await engine.collect(idle, 11), 'still there')
  engine.reactor.command1(CMD_RESUME, idle)
  engine.close()
})
