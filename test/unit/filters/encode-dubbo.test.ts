import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Data } from '../../../src/engine/data.ts'
import {
  DATA,
  type Event,
  type MessageStart,
  SESSION_END,
  SessionEnd,
} from '../../../src/engine/event.ts'
import { Message } from '../../../src/engine/message.ts'
import type { DecodeDubbo } from '../../../src/filters/decode-dubbo.ts'
import {
  CALL,
  describeFrame,
  EVENT,
  frame,
  frameData,
  parseFrames,
  REQUEST,
  TWO_WAY,
} from '../../support/dubbo-frames.ts'
import { END, type Input, type Spec, start, TestProgram } from './support/run.ts'

function bytesOf(events: readonly Event[]): Buffer {
  return Buffer.concat(events.map((event) => (event.kind === DATA ? event.toBytes() : Buffer.of())))
}

function encode(spec: Spec, inputs: readonly Input[]): string[] {
  const session = new TestProgram(spec).open().push(...inputs)
  return parseFrames(bytesOf(session.events)).map(describeFrame)
}

describe('encodeDubbo', () => {
  test('puts out a start without a head, the 16 bytes, the body, and the end', () => {
    const session = new TestProgram((p) => p.encodeDubbo()).open()
    session.push(new Message({ id: 1, isRequest: true, isTwoWay: true }, 'body'))
    assert.deepEqual(
      session.output.map((line) => line.split(' ')[0]),
      ['MessageStart', 'Data', 'Data', 'MessageEnd'],
    )
    assert.equal(session.output[0], 'MessageStart')
    assert.equal((session.events[1] as Data).size, 16)
    assert.equal(session.output[2], 'Data "body"')
  })

  test('without argument and head: numbered two-way requests', () => {
    const messages = [
      new Message('a'),
      new Message({ status: 200, headers: {} }, 'b'),
      new Message(''),
    ]
    assert.deepEqual(
      encode((p) => p.encodeDubbo(), messages),
      ['c2 0 0 a', 'c2 0 1 b', 'c2 0 2 '],
    )
  })

  test('without argument: the head of the message, what is missing being 0', () => {
    const messages = [
      new Message({ id: '5', status: 20 }, 'answer'),
      new Message({ id: 6, isRequest: true }, 'one-way'),
      new Message({ id: 7n, isRequest: 1, isTwoWay: 1, isEvent: 1 }, 'N'),
      new Message({ isEvent: true, status: 20 }, 'N'),
    ]
    assert.deepEqual(
      encode((p) => p.encodeDubbo(), messages),
      ['2 20 5 answer', '82 0 6 one-way', 'e2 0 7 N', '22 20 0 N'],
    )
  })

  test('an argument takes the place of the head', () => {
    const message = new Message({ id: 5, status: 20 }, 'x')
    assert.deepEqual(
      encode((p) => p.encodeDubbo({ id: 9 }), [message]),
      ['2 0 9 x'],
    )
    assert.deepEqual(
      encode((p) => p.encodeDubbo({}), [message]),
      ['2 0 0 x'],
    )
    let id = 0
    const count = (): object => ({ id: ++id, isRequest: true, isTwoWay: true })
    assert.deepEqual(
      encode((p) => p.encodeDubbo(count), [message, message]),
      ['c2 0 1 x', 'c2 0 2 x'],
    )
    assert.deepEqual(
      encode((p) => p.encodeDubbo(() => null), [message]),
      ['2 20 5 x'],
    )
    assert.throws(() => new TestProgram((p) => p.encodeDubbo('head' as never)), /expects an object/)
  })

  test('ids are exact to 64 bits; what is none counts as 0', () => {
    const ids = ['9223372036854775807', '-9223372036854775808', String(2n ** 53n + 1n), -1]
    for (const id of ids) {
      assert.deepEqual(
        encode((p) => p.encodeDubbo({ id }), [new Message('')]),
        [`2 0 ${id} `],
      )
    }
    for (const id of ['', 'x', null, Number.NaN, {}]) {
      assert.deepEqual(
        encode((p) => p.encodeDubbo({ id }), [new Message('')]),
        ['2 0 0 '],
      )
    }
    assert.deepEqual(
      encode((p) => p.encodeDubbo({ id: 5.9 }), [new Message('')]),
      ['2 0 5 '],
    )
  })

  test('what was decoded is encoded as it was, serialization and all', () => {
    for (let flags = 0; flags < 256; flags++) {
      const input = frame(flags, 2n ** 63n - 5n, 'body', 255 - flags)
      const session = new TestProgram((p) => p.decodeDubbo().encodeDubbo()).open()
      session.push(frameData(input))
      assert.deepEqual(bytesOf(session.events), input)
    }
  })

  test('changes of scripts take effect, the serialization stays', () => {
    const change = (event: MessageStart): void => {
      Object.assign(event.head as object, {
        id: '12',
        status: 20,
        isRequest: false,
        isTwoWay: false,
      })
    }
    const spec: Spec = (p) =>
      p
        .decodeDubbo()
        .onMessageStart(change as never)
        .encodeDubbo()
    assert.deepEqual(encode(spec, [frameData(frame(REQUEST | TWO_WAY | 6, 1, '{}'))]), [
      '6 20 12 {}',
    ])
    const answer = (message: Message): Message => new Message({ ...message.head, status: 20 }, 'ok')
    const made: Spec = (p) =>
      p
        .decodeDubbo()
        .replaceMessage(answer as never)
        .encodeDubbo()
    assert.deepEqual(encode(made, [frameData(frame(REQUEST | TWO_WAY | 8, 1, 'x'))]), [
      'c8 20 1 ok',
    ])
  })

  test('a body that scripts change has its own length', () => {
    const spec: Spec = (p) =>
      p
        .decodeDubbo()
        .replaceMessageBody((() => new Data('longer than it was')) as never)
        .encodeDubbo()
    assert.deepEqual(encode(spec, [frameData(frame(CALL, 1, 'x'))]), ['c2 0 1 longer than it was'])
  })

  test('a body of known length streams', () => {
    const session = new TestProgram((p) => p.decodeDubbo().encodeDubbo()).open()
    const bytes = frame(CALL, 1, 'x'.repeat(100))
    session.push(Data.fromBytes(bytes.subarray(0, 50)))
    assert.deepEqual(bytesOf(session.events), bytes.subarray(0, 50))
    session.push(Data.fromBytes(bytes.subarray(50)))
    assert.deepEqual(bytesOf(session.events), bytes)
  })

  test('a body of unknown length is held until its end', () => {
    const session = new TestProgram((p) => p.encodeDubbo()).open()
    session.push(start({ id: 1 }), 'one ', 'two')
    assert.deepEqual(session.output, [])
    session.push(END)
    assert.deepEqual(parseFrames(bytesOf(session.events)).map(describeFrame), ['2 0 1 one two'])
  })

  test('a body above the limit is not sent', () => {
    const program = new TestProgram((p) => p.encodeDubbo())
    const session = program.open().push(start({ id: 1 }))
    for (let i = 0; i < 9; i++) session.push(Data.fromBytes(Buffer.alloc(1024 * 1024)))
    session.push(END, new Message({ id: 2 }, 'next'))
    assert.deepEqual(parseFrames(bytesOf(session.events)).map(describeFrame), ['2 0 2 next'])
    assert.deepEqual(program.log, ['error [encodeDubbo] body too long'])
  })

  test('Data outside of messages and ends without a start are dropped, SessionEnd passes', () => {
    const session = new TestProgram((p) => p.encodeDubbo()).open()
    session.push(new Data('x'), END, END, new SessionEnd('ReadError'))
    assert.deepEqual(session.output, ['SessionEnd ReadError'])
  })

  test('an argument that throws ends the session', () => {
    const bad = (): object => {
      throw new Error('bad')
    }
    const session = new TestProgram((p) => p.encodeDubbo(bad)).open().push(new Message('x'))
    assert.deepEqual(session.output, ['SessionEnd RuntimeError'])
  })

  test('the answer to the last request ends the session when no more will come', () => {
    const session = new TestProgram((p) =>
      p
        .decodeDubbo()
        .replaceMessage(((message: Message) => {
          const { id } = message.head as { id: string }
          return id === '1' ? null : new Message({ id, status: 20 }, 'ok')
        }) as never)
        .encodeDubbo(),
    ).open()
    session.push(frameData(frame(CALL, 2, 'a')))
    assert.equal(
      session.events.some((event) => event.kind === SESSION_END),
      false,
    )
    session.push(new SessionEnd())
    assert.equal(session.output[session.output.length - 1], 'SessionEnd')
  })

  test('events of either side are no answers', () => {
    const session = new TestProgram((p) => p.decodeDubbo().encodeDubbo()).open()
    session.push(frameData(frame(REQUEST | TWO_WAY | EVENT | 2, 1, 'N')))
    assert.deepEqual(parseFrames(bytesOf(session.events)).map(describeFrame), ['e2 0 1 N'])
  })
})

test('a quiet peer is asked for a sign of life, and given up when it gives none', () => {
  const session = new TestProgram((p) =>
    p.decodeDubbo().demux('one').encodeDubbo().pipeline('one').dummy(),
  ).open()
  const decoder = session.session.filters[0] as DecodeDubbo
  assert.equal(decoder.probe(), true)
  assert.deepEqual(parseFrames(bytesOf(session.events)).map(describeFrame), ['e2 0 0 N'])
  session.push(frameData(frame(EVENT | 2, 0, 'N', 20)))
  assert.equal(decoder.probe(), true)
  assert.equal(decoder.probe(), false)
})
