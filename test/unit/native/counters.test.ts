import assert from 'node:assert/strict'
import { constants } from 'node:os'
import { test } from 'node:test'
import {
  CMD_CLOSE,
  CMD_RESUME,
  CMD_SEND,
  EV_ACCEPT,
  EV_DATA,
  EV_ERROR,
} from '../../../src/native/protocol.ts'
import { connectClient, readAll, TestEngine } from './test-engine.ts'

const NO_SUCH_COMMAND = 99
const NO_SUCH_CONNECTION = 4711

test('system calls: waiting, receiving and sending are counted, and nothing is when nothing happens', async () => {
  const engine = new TestEngine()
  const { reactor } = engine
  const client = await connectClient({ port: engine.port })
  const { connection } = await engine.take(EV_ACCEPT)
  const rounds = 50
  const before = reactor.stats().syscalls
  for (let round = 0; round < rounds; round++) {
    client.write('ping')
    await engine.collect(connection, 4)
    engine.send(connection, 'pong')
  }
  const perRound = (reactor.stats().syscalls - before) / rounds
  // recv and send, and an epoll_wait or two, of which one may serve two rounds.
  assert.ok(perRound > 2 && perRound < 6, `${perRound} system calls for each round`)
  const after = reactor.stats().syscalls
  reactor.flush()
  reactor.flush()
  assert.equal(reactor.stats().syscalls, after)
  engine.close()
})

test('bad commands: one for a connection that is not there is counted and does nothing', async () => {
  const engine = new TestEngine()
  const { reactor } = engine
  const client = await connectClient({ port: engine.port })
  const { connection } = await engine.take(EV_ACCEPT)
  reactor.command1(CMD_CLOSE, NO_SUCH_CONNECTION)
  engine.queue(NO_SUCH_CONNECTION, 'nobody gets this')
  engine.queue(connection, 'this arrives')
  reactor.command1(CMD_CLOSE, connection)
  const received = readAll(client)
  reactor.flush()
  assert.equal(await received, 'this arrives')
  assert.equal(reactor.stats().badCommands, 2)
  engine.close()
})

test('bad commands: one that does not exist ends the commands of its batch, not the reactor', async () => {
  const engine = new TestEngine()
  const { reactor } = engine
  const client = await connectClient({ port: engine.port })
  const { connection } = await engine.take(EV_ACCEPT)
  reactor.command1(NO_SUCH_COMMAND, connection)
  reactor.command1(CMD_CLOSE, connection)
  reactor.flush()
  assert.equal(reactor.stats().badCommands, 1)
  client.write('still here')
  assert.equal(await engine.collect(connection, 10), 'still here')
  engine.close()
})

test('bad commands: bytes outside of the slab are not sent, their connection fails', async () => {
  const engine = new TestEngine()
  const { reactor } = engine
  await connectClient({ port: engine.port })
  const { connection } = await engine.take(EV_ACCEPT)
  reactor.command3(CMD_SEND, connection, reactor.bytes.length - 4, 5)
  reactor.flush()
  const failure = await engine.take(EV_ERROR, connection)
  assert.equal(failure.fields[2], constants.errno.EINVAL)
  assert.equal(reactor.stats().badCommands, 1)
  // The dead connection takes no more commands, which are no defects then.
  reactor.command1(CMD_RESUME, connection)
  reactor.flush()
  assert.equal(reactor.stats().badCommands, 1)
  assert.equal(engine.untaken(EV_DATA).length, 0)
  engine.close()
})
