import assert from 'node:assert/strict'
import { describe, mock, test } from 'node:test'
import { Data } from '../../../src/engine/data.ts'
import { MessageStart, SessionEnd } from '../../../src/engine/event.ts'
import { Message } from '../../../src/engine/message.ts'
import type { MuxOptions } from '../../../src/filters/mux.ts'
import { Gates } from './support/gate.ts'
import { END, start, TestProgram, type TestSession } from './support/run.ts'

function open(
  selector: (() => unknown) | null = null,
  options: MuxOptions = {},
): { gates: Gates; program: TestProgram; client: () => TestSession } {
  const gates = new Gates()
  const program = new TestProgram((main) =>
    gates.append(main.mux('up', selector, options).pipeline('up')),
  )
  return { gates, program, client: () => program.open() }
}

const message = (text: string): Message => new Message(text)
const lines = (text: string): string[] => ['MessageStart', `Data "${text}"`, 'MessageEnd']

/** The made-up answer of a codec whose connection has failed. */
function failure(error: SessionEnd['error']): MessageStart {
  const event = new MessageStart({ status: 502 })
  event.failure = error
  return event
}

describe('mux', () => {
  test('messages of several sessions go to one shared session, answers back in their order', () => {
    const { gates, client } = open()
    const [a, b] = [client(), client()]
    a.feed(message('a'))
    b.feed(message('b'))
    assert.equal(gates.all.length, 1)
    assert.deepEqual(gates.get(0).input, [...lines('a'), ...lines('b')])
    gates.get(0).emit(message('A'), message('B'))
    assert.deepEqual(a.output, lines('A'))
    assert.deepEqual(b.output, lines('B'))
  })

  test('answers keep the order of one session, whatever sessions they come from', () => {
    const { gates, client } = open(null, { pipelining: 1, maxSessions: 2 })
    const a = client().feed(start())
    a.feed(END, message('2'), message('3'))
    assert.equal(a.pauses, 1, 'no more is taken in while messages wait for their turn')
    const b = client().feed(message('b'))
    assert.equal(gates.all.length, 2)
    gates.get(1).emit(message('B'))
    gates.get(0).emit(message('A1'))
    gates.get(0).emit(message('A2'))
    gates.get(0).emit(message('A3'))
    assert.deepEqual(a.output, [...lines('A1'), ...lines('A2'), ...lines('A3')])
    assert.deepEqual(b.output, lines('B'))
    assert.equal(a.pauses, 0)
  })

  test('a message that waited for its turn and is answered at once comes after the one before', () => {
    let isOpen = false
    const program = new TestProgram((p) =>
      p
        .mux('up', null, { pipelining: 1 })
        .pipeline('up')
        .wait(() => isOpen),
    )
    const session = program.open().feed(message('1'), message('2'))
    isOpen = true
    session.context.wake()
    program.settle()
    assert.deepEqual(session.output, [...lines('1'), ...lines('2')])
  })

  test('a message begins only when the one before is complete', () => {
    const { gates, client } = open()
    const [a, b] = [client(), client()]
    a.feed(start())
    b.feed(message('b'))
    assert.deepEqual(gates.get(0).input, ['MessageStart'])
    a.feed(new Data('a'), END)
    assert.deepEqual(gates.get(0).input, [...lines('a'), ...lines('b')])
  })

  test('sessions are shared by key, which is asked once per session', () => {
    const keys = ['x', 'y', 'x']
    const { gates, client } = open(() => keys.shift())
    const [a, b, c] = [client(), client(), client()]
    a.feed(message('a1'), message('a2'))
    b.feed(message('b'))
    c.feed(message('c'))
    assert.equal(gates.all.length, 2)
    assert.deepEqual(gates.get(0).input, [...lines('a1'), ...lines('a2'), ...lines('c')])
    assert.deepEqual(gates.get(1).input, lines('b'))
  })

  test('a shared session runs in the context of whoever began it', () => {
    const { gates, client } = open()
    const [a, b] = [client(), client()]
    a.feed(message('a'))
    b.feed(message('b'))
    assert.equal(gates.get(0).session.context, a.context)
  })

  test('data outside of messages and the end of the input are not passed', () => {
    const { gates, client } = open()
    const a = client().feed('raw', message('a'), new SessionEnd())
    assert.deepEqual(gates.get(0).input, lines('a'))
    gates.get(0).emit(message('A'))
    assert.deepEqual(a.output, lines('A'))
  })

  test('a selector that throws ends the session', () => {
    const { client, program } = open(() => {
      throw new Error('oops')
    })
    assert.deepEqual(client().feed(message('a')).output, ['SessionEnd RuntimeError'])
    assert.deepEqual(program.log, ['error Error: oops'])
  })

  test('a session that speaks out of turn is ended: nobody may get its next answer', () => {
    const { gates, client, program } = open()
    const a = client().feed(message('a'))
    gates.get(0).emit(message('A'), message('extra'))
    program.settle()
    assert.equal(gates.get(0).isReset, true)
    assert.deepEqual(a.output, lines('A'))
    client().feed(message('b'))
    assert.equal(gates.all.length, 2)
  })

  test('an answer before its message is complete ends the shared session', () => {
    const { gates, client, program } = open()
    const a = client().feed(start())
    gates.get(0).emit(message('too early'))
    program.settle()
    assert.deepEqual(a.output, lines('too early'))
    assert.equal(gates.get(0).isReset, true)
    a.feed(new Data('rest'), END)
    client().feed(message('b'))
    assert.deepEqual(gates.get(1).input, lines('b'))
  })

  test('the end of the shared session is told to all who wait, and another takes its place', () => {
    const { gates, client } = open()
    const [a, b, c] = [client(), client(), client()]
    a.feed(message('a'))
    b.feed(message('b'))
    gates.get(0).emit(start(), new Data('A'), new SessionEnd('ReadError'))
    assert.deepEqual(a.output, ['MessageStart', 'Data "A"', 'SessionEnd ReadError'])
    assert.deepEqual(b.output, ['SessionEnd ReadError'])
    c.feed(message('c'))
    assert.deepEqual(gates.get(1).input, lines('c'))
  })

  test('an idle session that ends is not seen by anybody', () => {
    const { gates, client } = open()
    const a = client().feed(message('a'))
    gates.get(0).emit(message('A'), new SessionEnd())
    assert.deepEqual(a.output, lines('A'))
    a.feed(message('a2'))
    assert.deepEqual(gates.get(1).input, lines('a2'))
  })
})

describe('mux: requesters that go', () => {
  test('keep their place: the answer is dropped and the next goes to the next', () => {
    const { gates, client } = open()
    const [a, b] = [client(), client()]
    a.feed(message('a'))
    b.feed(message('b'))
    a.free()
    gates.get(0).emit(message('A'), message('B'))
    assert.deepEqual(a.output, [])
    assert.deepEqual(b.output, lines('B'))
  })

  test('in the middle of a message spoil the shared session', () => {
    const { gates, client } = open()
    const [a, b] = [client(), client()]
    a.feed(start(), new Data('half'))
    a.free()
    assert.equal(gates.get(0).isReset, true)
    b.feed(message('b'))
    assert.deepEqual(gates.get(1).input, lines('b'))
  })

  test('leave the queue they waited in', () => {
    const { gates, client } = open(null, { pipelining: 1 })
    const [a, b, c] = [client(), client(), client()]
    a.feed(message('a'))
    b.feed(message('b'))
    c.feed(message('c'))
    b.free()
    gates.get(0).take()
    gates.get(0).emit(message('A'))
    assert.deepEqual(gates.get(0).input, lines('c'))
    gates.get(0).emit(message('C'))
    assert.deepEqual(c.output, lines('C'))
  })

  test('are not mistaken for whoever reuses their session', () => {
    const { gates, client } = open()
    const a = client().feed(message('a'))
    a.free()
    const b = client()
    assert.equal(b.session, a.session)
    b.feed(message('b'))
    gates.get(0).emit(message('A'), message('B'))
    assert.deepEqual(b.output, lines('B'))
  })
})

describe('mux: queue', () => {
  test('messages beyond the pipelining wait their turn', () => {
    const { gates, client } = open(null, { pipelining: 2 })
    const clients = [client(), client(), client()]
    for (const [i, one] of clients.entries()) one.feed(message(`${i}`))
    assert.deepEqual(gates.get(0).take(), [...lines('0'), ...lines('1')])
    gates.get(0).emit(message('A'))
    assert.deepEqual(gates.get(0).take(), lines('2'))
    gates.get(0).emit(message('B'), message('C'))
    assert.deepEqual(clients[2]?.output, lines('C'))
  })

  test('a full queue refuses more and serves those who wait', () => {
    const { gates, client, program } = open(null, { pipelining: 1, maxQueue: 1 })
    const [a, b, c] = [client(), client(), client()]
    a.feed(message('a'))
    b.feed(message('b'))
    c.feed(message('c'))
    assert.deepEqual(c.output, ['SessionEnd BufferOverflow'])
    assert.deepEqual(program.log, ['error [mux] buffer overflow'])
    gates.get(0).emit(message('A'))
    gates.get(0).emit(message('B'))
    assert.deepEqual(a.output, lines('A'))
    assert.deepEqual(b.output, lines('B'))
    assert.deepEqual(c.output, ['SessionEnd BufferOverflow'])
  })

  test('a requester whose waiting message grows is held up', () => {
    const { gates, client } = open(null, { pipelining: 1 })
    const [a, b] = [client(), client()]
    a.feed(message('a'))
    b.feed(start(), new Data(60_000))
    assert.equal(b.pauses, 0)
    b.feed(new Data(60_000))
    assert.equal(b.pauses, 1)
    gates.get(0).emit(message('A'))
    assert.equal(b.pauses, 0)
  })
})

describe('mux with pipelining 1 is a connection pool', () => {
  const pool = { pipelining: 1, maxSessions: 2 }

  test('as many sessions as there are messages in progress, up to the limit', () => {
    const { gates, client } = open(null, pool)
    const clients = [client(), client(), client()]
    for (const [i, one] of clients.entries()) one.feed(message(`${i}`))
    assert.deepEqual(
      gates.all.map((gate) => gate.input.length),
      [3, 3],
    )
    gates.get(1).emit(message('B'))
    assert.deepEqual(gates.get(1).input, [...lines('1'), ...lines('2')])
  })

  test('the session used last is taken first', () => {
    const { gates, client } = open(null, pool)
    const [a, b] = [client(), client()]
    a.feed(message('a'))
    b.feed(message('b'))
    gates.get(1).emit(message('B'))
    gates.get(0).emit(message('A'))
    gates.get(0).take()
    client().feed(message('c'))
    assert.deepEqual(gates.get(0).input, lines('c'))
    assert.equal(gates.all.length, 2)
  })

  test('more idle sessions than allowed are ended', () => {
    const { gates, client, program } = open(null, { ...pool, maxIdle: 1 })
    const [a, b] = [client(), client()]
    a.feed(message('a'))
    b.feed(message('b'))
    gates.get(0).emit(message('A'))
    gates.get(1).emit(message('B'))
    program.settle()
    assert.deepEqual(
      gates.all.map((gate) => gate.isReset),
      [true, false],
    )
  })

  test('a requester that goes takes its session along', () => {
    const { gates, client } = open(null, pool)
    const a = client().feed(message('a'))
    a.free()
    assert.equal(gates.get(0).isReset, true)
  })

  test('sessions idle for too long are swept', () => {
    mock.timers.enable({ apis: ['setInterval'] })
    try {
      const { gates, client } = open(null, { ...pool, idleTimeout: '2s' })
      client().feed(message('a'))
      gates.get(0).emit(message('A'))
      mock.timers.tick(2000)
      assert.equal(gates.get(0).isReset, false)
      mock.timers.tick(2000)
      assert.equal(gates.get(0).isReset, true)
    } finally {
      mock.timers.reset()
    }
  })
})

describe('mux: retries', () => {
  const unreached = ['ConnectionRefused', 'ConnectionTimeout', 'CannotResolve'] as const
  for (const error of unreached) {
    test(`${error}: nothing was sent, so the message goes to another key`, () => {
      const keys = ['x', 'y']
      const { gates, client } = open(() => keys.shift())
      const a = client().feed(message('a'))
      gates.get(0).emit(failure(error), END, new SessionEnd())
      assert.deepEqual(gates.get(1).input, lines('a'))
      gates.get(1).emit(message('A'))
      assert.deepEqual(a.output, lines('A'))
    })
  }

  test('no more often than allowed', () => {
    const { gates, client } = open(null, { retries: 2 })
    const a = client().feed(message('a'))
    for (let i = 0; i < 3; i++) {
      gates.get(i).emit(failure('ConnectionRefused'), END, new SessionEnd())
    }
    assert.equal(gates.all.length, 3)
    assert.deepEqual(a.output, ['MessageStart ConnectionRefused {"status":502}', 'MessageEnd'])
  })

  test('not when the answer has begun', () => {
    const { gates, client } = open()
    const a = client().feed(message('a'))
    gates.get(0).emit(start(), new SessionEnd('ReadError'))
    assert.equal(gates.all.length, 1)
    assert.deepEqual(a.output, ['MessageStart', 'SessionEnd ReadError'])
  })

  test('not after a failure on a fresh session that may have been seen', () => {
    const { gates, client } = open()
    const a = client().feed(message('a'))
    gates.get(0).emit(new SessionEnd('ReadError'))
    assert.equal(gates.all.length, 1)
    assert.deepEqual(a.output, ['SessionEnd ReadError'])
  })

  test('not on a used session either, unless repeating is known to do no harm', () => {
    const { gates, client } = open()
    const a = client().feed(message('a'))
    gates.get(0).emit(message('A'))
    a.take()
    a.feed(message('POST, for all we know'))
    gates.get(0).emit(new SessionEnd('ReadError'))
    assert.deepEqual(a.output, ['SessionEnd ReadError'])
  })
})

describe('mux: back-pressure', () => {
  test('a full shared session holds up whoever feeds it', () => {
    const { gates, client } = open()
    const a = client().feed(start())
    gates.get(0).session.pause()
    assert.equal(a.pauses, 1)
    a.feed(END)
    assert.equal(a.pauses, 1, 'it would send the next message')
    const b = client().feed(start())
    assert.equal(b.pauses, 1)
    gates.get(0).session.resume()
    assert.equal(a.pauses, 0)
    assert.equal(b.pauses, 0)
  })

  test('a requester that cannot take its answer holds up the shared session', () => {
    const { gates, client } = open()
    const [a, b] = [client(), client()]
    a.feed(message('a'))
    b.feed(message('b'))
    b.session.pauseOutput()
    assert.equal(gates.get(0).pauses, 0, 'the first answer is for another')
    gates.get(0).emit(message('A'))
    assert.equal(gates.get(0).pauses, 1)
    b.session.resumeOutput()
    assert.equal(gates.get(0).pauses, 0)
  })
})
