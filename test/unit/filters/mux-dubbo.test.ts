import assert from 'node:assert/strict'
import { describe, mock, test } from 'node:test'
import { Data } from '../../../src/engine/data.ts'
import { DATA, type Event, SessionEnd } from '../../../src/engine/event.ts'
import { Message } from '../../../src/engine/message.ts'
import type { MuxOptions } from '../../../src/filters/mux.ts'
import {
  CALL,
  describeFrame,
  EVENT,
  frame,
  frameData,
  parseFrames,
  REQUEST,
} from '../../support/dubbo-frames.ts'
import { DubboWires } from './support/dubbo-wire.ts'
import { TestProgram, TestSession } from './support/run.ts'

const RESPONSE = 2
const ONE_WAY = REQUEST | 2
const HEARTBEAT = CALL | EVENT
const BIG_ID = 2n ** 63n - 1n

interface Setting {
  wires: DubboWires
  program: TestProgram
  client: () => Client
}

/** Clients whose bytes go through `mux`, with or without `demux` before it. */
function open(kind: 'mux' | 'demux', options: MuxOptions = {}): Setting {
  const wires = new DubboWires()
  const program = new TestProgram((main) => {
    const clients =
      kind === 'mux'
        ? main.decodeDubbo().mux('up', null, options).encodeDubbo()
        : main.decodeDubbo().demux('one').encodeDubbo().pipeline('one').mux('up', null, options)
    return wires.append(clients.pipeline('up'))
  })
  const client = (): Client => {
    return new Client(program, program.layout(), program.runtime.createContext(null))
  }
  return { wires, program, client }
}

/** A client's connection: keeps the bytes that it gets. */
class Client extends TestSession {
  readonly #bytes: Buffer[] = []

  override process(event: Event): void {
    if (event.kind === DATA) this.#bytes.push(Buffer.from(event.toBytes()))
    super.process(event)
  }

  /** The messages since the last call. */
  received(): string[] {
    return parseFrames(Buffer.concat(this.#bytes.splice(0))).map(describeFrame)
  }
}

for (const kind of ['mux', 'demux'] as const) {
  describe(`mux over Dubbo${kind === 'demux' ? ', behind demux' : ''}`, () => {
    test('requests get ids of their own, answers the original ones back', () => {
      const { wires, client } = open(kind)
      const [a, b] = [client(), client()]
      a.feed(frameData(frame(CALL, BIG_ID, 'a')))
      b.feed(frameData(frame(CALL, BIG_ID, 'b'), frame(CALL, -7, 'c')))
      assert.equal(wires.all.length, 1)
      assert.deepEqual(wires.get(0).take(), ['c2 0 1 a', 'c2 0 2 b', 'c2 0 3 c'])
      wires.get(0).emit(frame(RESPONSE, 1, 'A', 20))
      assert.deepEqual(a.received(), [`2 20 ${BIG_ID} A`])
      wires.get(0).emit(frame(RESPONSE, 2, 'B', 20), frame(RESPONSE, 3, 'C', 70))
      assert.deepEqual(b.received(), [`2 20 ${BIG_ID} B`, '2 70 -7 C'])
    })

    test('answers may come in any order', () => {
      const { wires, client } = open(kind)
      const a = client().feed(frameData(...[10, 11, 12].map((id) => frame(CALL, id, `${id}`))))
      const b = client().feed(frameData(frame(CALL, 10, 'b')))
      const wire = wires.get(0)
      wire.emit(frame(RESPONSE, 4, 'B', 20), frame(RESPONSE, 3, 'twelve', 20))
      wire.emit(frame(RESPONSE, 1, 'ten', 20), frame(RESPONSE, 2, 'eleven', 20))
      assert.deepEqual(a.received(), ['2 20 12 twelve', '2 20 10 ten', '2 20 11 eleven'])
      assert.deepEqual(b.received(), ['2 20 10 B'])
    })

    test('an answer streams, and no other gets into it', () => {
      const { wires, client } = open(kind)
      const a = client().feed(frameData(frame(CALL, 1, 'a'), frame(CALL, 2, 'b')))
      const answer = frame(RESPONSE, 2, 'B'.repeat(100), 20)
      wires.get(0).emit(answer.subarray(0, 60))
      assert.equal(a.events.filter((event) => event.kind === DATA).length, 2)
      wires.get(0).emit(answer.subarray(60), frame(RESPONSE, 1, 'A', 20))
      assert.deepEqual(a.received(), [`2 20 2 ${'B'.repeat(100)}`, '2 20 1 A'])
    })

    test('serialization, status and flags pass as they are', () => {
      const { wires, client } = open(kind)
      const a = client().feed(frameData(frame(0xc6, 1, '{}')))
      assert.deepEqual(wires.get(0).take(), ['c6 0 1 {}'])
      wires.get(0).emit(frame(6, 1, '"ok"', 20))
      assert.deepEqual(a.received(), ['6 20 1 "ok"'])
    })

    test('a request is sent when it is complete, and holds up nobody before', () => {
      const { wires, client } = open(kind)
      const [a, b] = [client(), client()]
      const bytes = frame(CALL, 1, 'slow request')
      a.feed(Data.fromBytes(bytes.subarray(0, 20)))
      b.feed(frameData(frame(CALL, 1, 'quick')))
      assert.deepEqual(wires.get(0).take(), ['c2 0 1 quick'])
      a.feed(Data.fromBytes(bytes.subarray(20)))
      assert.deepEqual(wires.get(0).take(), ['c2 0 2 slow request'])
    })

    test('a client that goes in the middle of a request leaves the others alone', () => {
      const { wires, client } = open(kind)
      const [a, b] = [client(), client()]
      b.feed(frameData(frame(CALL, 1, 'b')))
      a.feed(Data.fromBytes(frame(CALL, 1, 'never complete').subarray(0, 20)))
      a.free()
      wires.get(0).emit(frame(RESPONSE, 1, 'B', 20))
      assert.deepEqual(b.received(), ['2 20 1 B'])
      assert.deepEqual(wires.get(0).take(), ['c2 0 1 b'])
    })

    test('the answer to a client that has gone is dropped', () => {
      const { wires, client } = open(kind)
      const [a, b] = [client(), client()]
      a.feed(frameData(frame(CALL, 1, 'a')))
      b.feed(frameData(frame(CALL, 1, 'b')))
      a.free()
      wires.get(0).emit(frame(RESPONSE, 1, 'A', 20), frame(RESPONSE, 2, 'B', 20))
      assert.deepEqual(b.received(), ['2 20 1 B'])
      assert.deepEqual(a.events, [])
    })

    test('one-way requests are sent and not answered', () => {
      const { wires, client } = open(kind)
      const a = client().feed(frameData(frame(ONE_WAY, 1, 'a'), frame(CALL, 2, 'b')))
      assert.deepEqual(wires.get(0).take(), ['82 0 1 a', 'c2 0 2 b'])
      wires.get(0).emit(frame(RESPONSE, 1, 'nobody asked', 20), frame(RESPONSE, 2, 'B', 20))
      assert.deepEqual(a.received(), ['2 20 2 B'])
    })

    test('more one-way requests than may be in progress at a time', () => {
      const { wires, client } = open(kind)
      const a = client()
      for (let i = 0; i < 3000; i++) a.push(frameData(frame(ONE_WAY, i, 'x')))
      assert.equal(wires.get(0).take().length, 3000)
      assert.equal(a.pauses, 0)
    })

    test('a heartbeat of a client is answered at once, and goes no further', () => {
      const { wires, client } = open(kind)
      const a = client().feed(frameData(frame(HEARTBEAT, BIG_ID, 'N')))
      assert.deepEqual(a.received(), [`22 20 ${BIG_ID} N`])
      assert.equal(wires.all.length, 0)
      a.feed(frameData(frame(EVENT | 2, 5, 'N', 20), frame(REQUEST | EVENT | 2, 6, '\x01R')))
      assert.deepEqual(a.received(), [])
      assert.equal(wires.all.length, 0)
    })

    test('a heartbeat between the pieces of an answer waits for its end', () => {
      const { wires, client } = open(kind)
      const a = client().feed(frameData(frame(CALL, 1, 'a')))
      const answer = frame(RESPONSE, 1, 'answer', 20)
      wires.get(0).emit(answer.subarray(0, 18))
      a.feed(frameData(frame(HEARTBEAT, 9, 'N')))
      wires.get(0).emit(answer.subarray(18))
      assert.deepEqual(a.received(), ['2 20 1 answer', '22 20 9 N'])
    })

    test('a heartbeat of the target is answered on its connection, while a request is incomplete', () => {
      const { wires, client } = open(kind)
      const a = client().feed(frameData(frame(CALL, 1, 'a')))
      const more = frame(CALL, 2, 'more')
      a.feed(Data.fromBytes(more.subarray(0, 18)))
      wires.get(0).take()
      wires.get(0).emit(frame(HEARTBEAT, -3, 'N'), frame(EVENT | 2, 4, 'N', 20))
      assert.deepEqual(wires.get(0).take(), ['22 20 -3 N'])
      assert.deepEqual(a.received(), [])
    })

    test('a call of the target is refused', () => {
      const { wires, client } = open(kind)
      const a = client().feed(frameData(frame(CALL, 1, 'a')))
      wires.get(0).take()
      wires.get(0).emit(frame(CALL, 8, 'callback'), frame(ONE_WAY, 9, 'callback'))
      assert.deepEqual(wires.get(0).take(), ['2 80 8 \x15Internal Server Error'])
      assert.deepEqual(a.received(), [])
    })

    test('a target that leaves answers what it has, and gets nothing more', () => {
      const { wires, client } = open(kind)
      const a = client().feed(frameData(frame(CALL, 1, 'a')))
      wires.get(0).take()
      wires.get(0).emit(frame(REQUEST | EVENT | 2, 1, '\x01R'))
      a.feed(frameData(frame(CALL, 2, 'b')))
      assert.deepEqual(wires.get(0).take(), [])
      assert.deepEqual(wires.get(1).take(), ['c2 0 1 b'])
      const slow = frame(RESPONSE, 1, 'first', 20)
      wires.get(0).emit(slow.subarray(0, 18))
      wires.get(1).emit(frame(RESPONSE, 1, 'second', 20))
      wires.get(0).emit(slow.subarray(18))
      assert.deepEqual(a.received(), ['2 20 1 first', '2 20 2 second'])
      a.feed()
      assert.equal(wires.get(0).isReset, true)
      assert.equal(wires.get(1).isReset, false)
    })

    test('when the target breaks off, every request it owes an answer to gets status 80', () => {
      const { wires, client } = open(kind)
      const [a, b] = [client(), client()]
      a.feed(frameData(frame(CALL, 1, 'a'), frame(CALL, BIG_ID, 'b'), frame(ONE_WAY, 3, 'c')))
      b.feed(frameData(frame(CALL, 4, 'd')))
      wires.get(0).emit(frame(RESPONSE, 1, 'A', 20), new SessionEnd('ReadError'))
      assert.deepEqual(a.received(), ['2 20 1 A', `2 80 ${BIG_ID} \x0aRead Error`])
      assert.deepEqual(b.received(), ['2 80 4 \x0aRead Error'])
      a.feed(frameData(frame(CALL, 5, 'again')))
      assert.deepEqual(wires.get(1).take(), ['c2 0 1 again'])
    })

    test('bytes that are no Dubbo are status 50', () => {
      const { wires, client } = open(kind)
      const a = client().feed(frameData(frame(CALL, 1, 'a')))
      wires.get(0).emit(Buffer.from('HTTP/1.1 400 Bad Request\r\n\r\n'))
      assert.deepEqual(a.received(), ['2 50 1 \x0bBad Gateway'])
    })

    test('an answer that is cut off in its middle ends the connection', () => {
      const { wires, client } = open(kind)
      const a = client().feed(frameData(frame(CALL, 1, 'a')))
      wires.get(0).emit(frame(RESPONSE, 1, 'answer', 20).subarray(0, 18))
      wires.get(0).emit(new SessionEnd('ReadError'))
      assert.equal(a.output[a.output.length - 1], 'SessionEnd ReadError')
    })

    test('a request whose target was not reached is sent again', () => {
      const { wires, client } = open(kind)
      const a = client().feed(frameData(frame(CALL, BIG_ID, 'a')))
      assert.deepEqual(wires.get(0).take(), ['c2 0 1 a'])
      wires.get(0).emit(new SessionEnd('ConnectionRefused'))
      assert.deepEqual(wires.get(1).take(), ['c2 0 1 a'])
      wires.get(1).emit(frame(RESPONSE, 1, 'A', 20))
      assert.deepEqual(a.received(), [`2 20 ${BIG_ID} A`])
    })

    test('without an answer in time it is status 31, and the late answer is dropped', () => {
      mock.timers.enable({ apis: ['setTimeout'] })
      try {
        const { wires, client } = open(kind)
        const a = client().feed(frameData(frame(CALL, 7, 'a')))
        const now = performance.now()
        const clock = mock.method(performance, 'now', () => now + 60_001)
        mock.timers.tick(60_001)
        clock.mock.restore()
        assert.deepEqual(a.received(), ['2 31 7 \x0fGateway Timeout'])
        wires.get(0).emit(frame(RESPONSE, 1, 'late', 20))
        assert.deepEqual(a.received(), [])
      } finally {
        mock.timers.reset()
      }
    })

    test('a connection that takes no more makes requests wait', () => {
      const { wires, client } = open(kind)
      const a = client().feed(frameData(frame(CALL, 1, 'a')))
      const wire = wires.get(0)
      wire.take()
      const encoder = wire.previous
      encoder?.pause()
      const b = client().feed(frameData(frame(CALL, 1, 'b'), frame(CALL, 2, 'c')))
      assert.deepEqual(wire.take(), [])
      encoder?.resume()
      assert.deepEqual(wire.take(), ['c2 0 2 b', 'c2 0 3 c'])
      wire.emit(...[3, 1, 2].map((id) => frame(RESPONSE, id, `${id}`, 20)))
      assert.deepEqual(a.received(), ['2 20 1 1'])
      assert.deepEqual(b.received(), ['2 20 2 3', '2 20 1 2'])
    })

    test('a client that does not read its answer holds up the connection, but not for long', () => {
      mock.timers.enable({ apis: ['setTimeout'] })
      try {
        const { wires, client } = open(kind)
        const [a, b] = [client(), client()]
        a.feed(frameData(frame(CALL, 1, 'a')))
        b.feed(frameData(frame(CALL, 1, 'b')))
        const wire = wires.get(0)
        const answer = frame(RESPONSE, 1, 'answer', 20)
        wire.emit(answer.subarray(0, 18))
        a.session.pauseOutput()
        assert.equal(wire.pauses, 1)
        a.session.resumeOutput()
        assert.equal(wire.pauses, 0)
        a.session.pauseOutput()
        mock.timers.tick(5000)
        assert.equal(wire.pauses, 0)
        assert.equal(a.output[a.output.length - 1], 'SessionEnd BufferOverflow')
        wire.emit(answer.subarray(18), frame(RESPONSE, 2, 'B', 20))
        assert.deepEqual(b.received(), ['2 20 1 B'])
      } finally {
        mock.timers.reset()
      }
    })

    test('a session is ended when it has been idle', () => {
      mock.timers.enable({ apis: ['setInterval'] })
      try {
        const { wires, client } = open(kind, { idleTimeout: 2 })
        const a = client().feed(frameData(frame(ONE_WAY, 1, 'a')))
        for (let i = 0; i < 5; i++) mock.timers.tick(1000)
        assert.equal(wires.get(0).isReset, true)
        a.feed(frameData(frame(CALL, 1, 'a')))
        for (let i = 0; i < 5; i++) mock.timers.tick(1000)
        assert.equal(wires.get(1).isReset, false)
      } finally {
        mock.timers.reset()
      }
    })

    test('the observer is told of every request, answered or not', () => {
      const told: string[] = []
      const observer = {
        target: () => ({
          begin: () => told.push('begin'),
          end: () => told.push('end'),
          wantsAnswers: false,
          answered: () => told.push('answered'),
          failed: (error: string) => told.push(error),
        }),
      }
      const { wires, client } = open(kind, { observer })
      client().feed(frameData(frame(CALL, 1, 'a'), frame(CALL, 2, 'b'), frame(ONE_WAY, 3, 'c')))
      assert.deepEqual(told.splice(0), ['begin', 'begin', 'begin', 'end'])
      wires.get(0).emit(frame(RESPONSE, 1, 'A', 20), new SessionEnd('ReadError'))
      assert.deepEqual(told, ['end', 'ReadError', 'end'])
    })
  })
}

describe('mux from another protocol to Dubbo', () => {
  test('messages without a Dubbo head become two-way requests, matched by id', () => {
    const wires = new DubboWires()
    const program = new TestProgram((main) => wires.append(main.mux('up').pipeline('up')))
    const [a, b] = [program.open(), program.open()]
    a.feed(new Message({ method: 'GET' }, 'a'))
    b.feed(new Message('b'))
    assert.deepEqual(wires.get(0).take(), ['c2 0 1 a', 'c2 0 2 b'])
    wires.get(0).emit(frame(RESPONSE, 2, 'B', 20), frame(RESPONSE, 1, 'A', 20))
    assert.equal(a.output[1], 'Data "A"')
    assert.equal(b.output[1], 'Data "B"')
  })

  test('an argument of the encoder has its say, but for the id', () => {
    const wires = new DubboWires()
    const program = new TestProgram((main) => {
      const up = main.mux('up').pipeline('up')
      return wires.append(up.encodeDubbo({ id: 99, isRequest: true, isTwoWay: true }).decodeDubbo())
    })
    program.open().feed(new Message('a'))
    assert.deepEqual(wires.get(0).take(), ['c2 0 1 a'])
  })

  test('a call that comes back to its own connection is refused there', () => {
    const program = new TestProgram((main) =>
      main.mux('loop').pipeline('loop').encodeDubbo().decodeDubbo(),
    )
    for (const name of ['a', 'b']) {
      const [head = '', body, end] = program.open().feed(new Message(name)).output
      assert.match(head, /"status":80,"isRequest":false/)
      assert.deepEqual([body, end], ['Data "\\u0015Internal Server Error"', 'MessageEnd'])
    }
  })

  test('a failure is a failure of the requester’s protocol', () => {
    const wires = new DubboWires()
    const program = new TestProgram((main) =>
      wires.append(main.mux('up', null, { retries: 0 }).pipeline('up')),
    )
    const a = program.open().feed(new Message('a'))
    wires.get(0).emit(new SessionEnd('ConnectionRefused'))
    assert.deepEqual(a.output, ['SessionEnd ConnectionRefused'])
  })
})
