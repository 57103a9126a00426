import assert from 'node:assert/strict'
import { once } from 'node:events'
import { mkdtempSync, rmSync } from 'node:fs'
import { createServer, type Socket } from 'node:net'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { closeFd, openListener } from '../../../src/native/addon.ts'
import {
  CMD_ABORT,
  CMD_CLOSE,
  CMD_END,
  CMD_PAUSE,
  CMD_RESUME,
  CMD_SEND,
  EV_ACCEPT,
  EV_CONNECT,
  EV_DATA,
  EV_END,
  EV_ERROR,
} from '../../../src/native/protocol.ts'
import { createReactor } from '../../../src/native/reactor.ts'
import { connectClient, readAll, TestEngine, until } from './test-engine.ts'

function echo(engine: TestEngine): void {
  engine.onEvent = ({ kind, connection, fields }) => {
    const { reactor } = engine
    if (kind === EV_DATA) {
      reactor.command3(CMD_SEND, connection, Number(fields[2]), Number(fields[3]))
    } else if (kind === EV_END) reactor.command1(CMD_CLOSE, connection)
    else if (kind === EV_ERROR) reactor.command1(CMD_ABORT, connection)
  }
}

async function checkEcho(client: Socket): Promise<void> {
  const sent = 'abcdefghij'.repeat(30_000)
  const received = readAll(client)
  client.end(sent)
  assert.equal((await received) === sent, true)
}

test('echoes over IPv4', async () => {
  const engine = new TestEngine()
  echo(engine)
  await checkEcho(await connectClient({ port: engine.port }))
  assert.equal(engine.reactor.stats().bytesRead, 300_000)
  engine.close()
})

test('echoes over IPv6', async () => {
  const engine = new TestEngine({}, { host: '::1' })
  echo(engine)
  await checkEcho(await connectClient({ port: engine.port, host: '::1' }))
  engine.close()
})

test('echoes over a unix socket, and replaces a stale socket file only', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-'))
  const path = join(folder, 'socket')
  const engine = new TestEngine({}, { path })
  echo(engine)
  await checkEcho(await connectClient({ path }))
  assert.throws(() => openListener({ path }), { code: 'EADDRINUSE' })
  engine.close()
  closeFd(openListener({ path }))
  rmSync(folder, { recursive: true })
})

test('connects to an abstract unix socket', async () => {
  const path = `@sluice-${process.pid}`
  const engine = new TestEngine({}, { path })
  const id = engine.reactor.connectPath(path)
  assert.equal((await engine.take(EV_CONNECT, id)).fields[2], 0)
  engine.send(id, 'hello')
  const accepted = (await engine.take(EV_ACCEPT)).connection
  assert.equal(await engine.collect(accepted, 5), 'hello')
  engine.close()
})

test('tells addresses', async () => {
  const engine = new TestEngine()
  const client = await connectClient({ port: engine.port })
  const { connection } = await engine.take(EV_ACCEPT)
  assert.deepEqual(engine.reactor.peerAddress(connection), {
    address: '127.0.0.1',
    port: client.localPort,
    family: 4,
  })
  assert.equal(engine.reactor.localAddress(connection)?.port, engine.port)
  client.destroy()
  engine.close()
})

test('says why a listener cannot be opened', () => {
  const engine = new TestEngine()
  assert.throws(() => openListener({ host: '127.0.0.1', port: engine.port }), {
    code: 'EADDRINUSE',
    syscall: 'bind',
    address: '127.0.0.1',
    port: engine.port,
  })
  assert.throws(() => openListener({ host: 'localhost' }), { code: 'EINVAL' })
  engine.close()
})

test('the peer ends first, and we still write', async () => {
  const engine = new TestEngine()
  const client = await connectClient({ port: engine.port })
  const received = readAll(client)
  client.end('question')
  const { connection } = await engine.take(EV_END)
  assert.equal(await engine.collect(connection, 8), 'question')
  const before = engine.reactor.stats().readiness
  await new Promise((resolve) => setTimeout(resolve, 50))
  engine.reactor.flush()
  assert.ok(engine.reactor.stats().readiness - before < 5, 'a half-closed connection spins')
  engine.send(connection, 'answer')
  engine.reactor.command1(CMD_CLOSE, connection)
  engine.reactor.flush()
  assert.equal(await received, 'answer')
  engine.close()
})

test('we end first, and still read', async () => {
  const engine = new TestEngine()
  const client = await connectClient({ port: engine.port })
  const received = readAll(client)
  const { connection } = await engine.take(EV_ACCEPT)
  engine.queue(connection, 'goodbye')
  engine.reactor.command1(CMD_END, connection)
  engine.reactor.flush()
  assert.equal(await received, 'goodbye')
  client.end('wait')
  await engine.take(EV_END, connection)
  assert.equal(await engine.collect(connection, 4), 'wait')
  const before = engine.reactor.stats().readiness
  await new Promise((resolve) => setTimeout(resolve, 50))
  engine.reactor.flush()
  assert.ok(engine.reactor.stats().readiness - before < 5, 'an ended connection spins')
  engine.close()
})

test('connects, and sends what was queued before', async () => {
  const server = createServer((socket) => socket.end('welcome'))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  const engine = new TestEngine()
  const id = engine.reactor.connect('127.0.0.1', port, 5000)
  engine.send(id, 'early')
  assert.equal((await engine.take(EV_CONNECT, id)).fields[2], 0)
  assert.equal(await engine.collect(id, 7), 'welcome')
  await engine.take(EV_END, id)
  engine.close()
  server.close()
})

test('a refused connection reports ECONNREFUSED', async () => {
  const fd = openListener({ host: '127.0.0.1' })
  const engine = new TestEngine()
  const { port } = engine
  engine.reactor.removeListener(1)
  engine.reactor.flush()
  closeFd(engine.fd)
  const id = engine.reactor.connect('127.0.0.1', port)
  assert.equal((await engine.take(EV_CONNECT, id)).fields[2], constants.errno.ECONNREFUSED)
  engine.reactor.abort(id)
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(engine.reactor.connect('127.0.0.1', port), id, 'the number is free again')
  engine.reactor.close()
  closeFd(fd)
})

test('an unanswered connection times out', async () => {
  // A full accept queue of nobody drops further handshakes.
  const engine = new TestEngine({}, { host: '127.0.0.1', backlog: 1 })
  engine.reactor.removeListener(1)
  const ids = []
  for (let i = 0; i < 8; i++) ids.push(engine.reactor.connect('127.0.0.1', engine.port, 300))
  const last = await engine.take(EV_CONNECT, ids.at(-1))
  assert.equal(last.fields[2], constants.errno.ETIMEDOUT)
  engine.close()
})

test('a reset reports ECONNRESET, and an abort causes one', async () => {
  const engine = new TestEngine()
  const client = await connectClient({ port: engine.port })
  const { connection } = await engine.take(EV_ACCEPT)
  client.resetAndDestroy()
  const { fields } = await engine.take(EV_ERROR, connection)
  assert.equal(fields[2], constants.errno.ECONNRESET)
  const other = await connectClient({ port: engine.port })
  const received = readAll(other)
  engine.reactor.abort((await engine.take(EV_ACCEPT)).connection)
  engine.reactor.flush()
  await assert.rejects(received, { code: 'ECONNRESET' })
  engine.close()
})

test('pause stops the data, resume brings it', async () => {
  const engine = new TestEngine()
  const client = await connectClient({ port: engine.port })
  const { connection } = await engine.take(EV_ACCEPT)
  engine.reactor.command1(CMD_PAUSE, connection)
  engine.reactor.flush()
  client.end('later')
  await new Promise((resolve) => setTimeout(resolve, 50))
  assert.equal(engine.untaken(EV_DATA).length, 0)
  engine.reactor.command1(CMD_RESUME, connection)
  engine.reactor.flush()
  assert.equal(await engine.collect(connection, 5), 'later')
  await engine.take(EV_END, connection)
  engine.close()
})

test('another reactor adopts a listener with the connections that wait in it', async () => {
  const engine = new TestEngine()
  engine.reactor.removeListener(1)
  const client = await connectClient({ port: engine.port })
  client.write('hello')
  const other = new TestEngine()
  other.reactor.addListener(engine.fd)
  const { connection } = await other.take(EV_ACCEPT)
  assert.equal(await other.collect(connection, 5), 'hello')
  client.destroy()
  engine.close()
  other.close()
})

test('a connection moves from one reactor to another', async () => {
  const first = new TestEngine()
  const second = new TestEngine()
  const client = await connectClient({ port: first.port })
  const { connection } = await first.take(EV_ACCEPT)
  const fd = first.reactor.releaseConnection(connection)
  const moved = second.reactor.adoptConnection(fd)
  client.write('moved')
  assert.equal(await second.collect(moved, 5), 'moved')
  client.destroy()
  first.close()
  second.close()
})

test('a lingering close delivers the last bytes to a peer that still sends', async () => {
  const engine = new TestEngine()
  const client = await connectClient({ port: engine.port })
  const received = readAll(client)
  client.write(Buffer.alloc(1 << 20))
  const { connection } = await engine.take(EV_ACCEPT)
  engine.queue(connection, 'enough')
  engine.reactor.command1(CMD_CLOSE, connection)
  engine.reactor.flush()
  assert.equal(await received, 'enough')
  client.destroy()
  await until(() => {
    engine.reactor.flush()
    return engine.reactor.stats().connections === 0
  })
  engine.close()
})

test('a large JavaScript body keeps its place in the output', async () => {
  const engine = new TestEngine()
  const client = await connectClient({ port: engine.port })
  const received = readAll(client)
  const { connection } = await engine.take(EV_ACCEPT)
  engine.queue(connection, 'before-')
  engine.reactor.sendBytes(connection, Buffer.alloc(1 << 20, 'b'))
  engine.queue(connection, '-after')
  engine.reactor.command1(CMD_CLOSE, connection)
  engine.reactor.flush()
  const text = await received
  assert.equal(text.length, 7 + (1 << 20) + 6)
  assert.ok(text.startsWith('before-bbb') && text.endsWith('bbb-after'))
  engine.close()
})

test('more commands than the ring holds', async () => {
  const engine = new TestEngine({ commandCapacity: 64 })
  engine.onEvent = ({ kind, connection }) => {
    if (kind !== EV_ACCEPT) return
    const at = engine.place('0123456789')
    for (let i = 0; i < 1000; i++) engine.reactor.command3(CMD_SEND, connection, at + (i % 10), 1)
    engine.reactor.command1(CMD_CLOSE, connection)
  }
  const client = await connectClient({ port: engine.port })
  assert.equal(await readAll(client), '0123456789'.repeat(100))
  engine.close()
})

test('a closed reactor lets the loop end and may be made again', async () => {
  for (let i = 0; i < 20; i++) {
    const reactor = createReactor({ slabBytes: 1 << 20 })
    reactor.close()
  }
})
