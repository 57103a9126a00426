import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Data } from '../../../src/engine/data.ts'
import { SessionEnd } from '../../../src/engine/event.ts'
import { Message } from '../../../src/engine/message.ts'
import { Gates } from './support/gate.ts'
import { END, run, start, TestProgram, type TestSession } from './support/run.ts'

function open(): { gates: Gates; session: TestSession; program: TestProgram } {
  const gates = new Gates()
  const program = new TestProgram((main) => gates.append(main.demux('each').pipeline('each')))
  return { gates, program, session: program.open() }
}

const message = (text: string): Message => new Message(text)
const lines = (text: string): string[] => ['MessageStart', `Data "${text}"`, 'MessageEnd']

describe('demux', () => {
  test('each message gets a session in a context of its own', () => {
    const { gates, session } = open()
    session.feed(message('a'), message('b'))
    assert.deepEqual(
      gates.all.map((gate) => gate.input),
      [lines('a'), lines('b')],
    )
    const contexts = new Set(gates.all.map((gate) => gate.session.context))
    assert.equal(contexts.size, 2)
    assert.ok(!contexts.has(session.context))
    assert.equal(gates.get(0).session.parent, session.session)
  })

  test('a message inside of a message belongs to it, and leaves nothing behind', () => {
    const { gates, session, program } = open()
    session.feed(start(), start())
    gates.get(0).emit(message('A'))
    session.feed(END)
    assert.equal(gates.all.length, 1)
    assert.deepEqual(session.output, lines('A'))
    session.free()
    assert.equal(program.layout('each').active, 0)
  })

  test('answers keep the order of the requests', () => {
    const { gates, session } = open()
    session.feed(message('a'), message('b'))
    gates.get(1).emit(message('B'))
    assert.deepEqual(session.take(), [])
    gates.get(0).emit(start(), new Data('A'))
    assert.deepEqual(session.take(), ['MessageStart', 'Data "A"'], 'the first streams')
    gates.get(0).emit(END)
    assert.deepEqual(session.take(), ['MessageEnd', ...lines('B')])
  })

  test('borrowed bytes of an answer that waits are kept beyond the batch', () => {
    const { gates, session, program } = open()
    session.feed(message('a'), message('b'))
    gates.get(1).emit(start(), ...session.borrow('B'), END)
    program.settle()
    gates.get(0).emit(message('A'))
    assert.deepEqual(session.output, [...lines('A'), ...lines('B')])
  })

  test('output after an answer is ignored, and so is what comes before one', () => {
    const { gates, session } = open()
    session.feed(message('a'))
    gates.get(0).emit(new Data('raw'), END, message('A'), message('more'), new SessionEnd())
    assert.deepEqual(session.output, lines('A'))
  })

  test('a session is freed when its message is fed and answered', () => {
    const { gates, session, program } = open()
    session.feed(start())
    gates.get(0).emit(message('early'))
    program.settle()
    assert.equal(gates.get(0).isReset, false, 'the rest of the message is still to come')
    session.feed(new Data('rest'), END)
    assert.deepEqual(gates.get(0).input, ['MessageStart', 'Data "rest"', 'MessageEnd'])
    assert.equal(gates.get(0).isReset, true)
  })

  test('events outside of messages are dropped', () => {
    const { gates, session } = open()
    session.feed(new Data('x'), END, message('a'))
    assert.equal(gates.all.length, 1)
  })

  const failures: [end: SessionEnd, answer: string][] = [
    [new SessionEnd(), 'MessageStart ReadError'],
    [new SessionEnd('ConnectionRefused'), 'MessageStart ConnectionRefused'],
  ]
  for (const [end, answer] of failures) {
    test(`a session that ends (${end.error || 'well'}) without answer: one stands for it`, () => {
      const { gates, session } = open()
      session.feed(message('a'), message('b'))
      gates.get(0).emit(end)
      gates.get(1).emit(message('B'))
      assert.deepEqual(session.output, [answer, 'MessageEnd', ...lines('B')])
    })
  }

  test('an answer that breaks off ends the session: the next would be taken for its rest', () => {
    const { gates, session } = open()
    session.feed(message('a'))
    gates.get(0).emit(start(), new Data('A'), new SessionEnd())
    assert.deepEqual(session.output, ['MessageStart', 'Data "A"', 'SessionEnd ReadError'])
  })

  test('the end of the input is not passed on: answers may still come', () => {
    const { gates, session } = open()
    session.feed(message('a'), new SessionEnd())
    assert.deepEqual(session.output, [])
    gates.get(0).emit(message('A'))
    assert.deepEqual(session.output, lines('A'))
    session.feed(message('late'))
    assert.equal(gates.all.length, 1)
  })

  test('a message cut off in its middle ends its own session and gets no answer', () => {
    const { gates, session } = open()
    session.feed(message('a'), start(), new SessionEnd())
    assert.deepEqual(gates.get(1).input, ['MessageStart', 'SessionEnd ReadError'])
    gates.get(1).emit(message('B'))
    gates.get(0).emit(message('A'))
    assert.deepEqual(session.output, lines('A'))
  })

  test('an error before demux is told behind it, after the answers in progress', () => {
    const { gates, session } = open()
    session.feed(message('a'), new SessionEnd('ProtocolError'))
    assert.deepEqual(session.output, [])
    gates.get(0).emit(message('A'))
    assert.deepEqual(session.output, [...lines('A'), 'SessionEnd ProtocolError'])
  })

  test('128 messages in progress hold up the source, half of them let it go on', () => {
    const { gates, session } = open()
    for (let i = 0; i < 127; i++) session.feed(message('x'))
    assert.equal(session.pauses, 0)
    session.feed(message('x'))
    assert.equal(session.pauses, 1)
    for (let i = 0; i < 64; i++) gates.get(i).emit(message('y'))
    assert.equal(session.pauses, 1)
    gates.get(64).emit(message('y'))
    assert.equal(session.pauses, 0)
  })

  test('an answer that waits and grows beyond 64 KB is held up until its turn', () => {
    const { gates, session } = open()
    session.feed(message('a'), message('b'))
    gates.get(1).emit(start(), new Data(40_000))
    assert.equal(gates.get(1).pauses, 0)
    gates.get(1).emit(new Data(40_000))
    assert.equal(gates.get(1).pauses, 1)
    gates.get(0).emit(message('A'))
    assert.equal(gates.get(1).pauses, 0)
  })

  test('a full sink holds up the answer whose turn it is, then the next', () => {
    const { gates, session } = open()
    session.feed(message('a'), message('b'))
    session.session.pauseOutput()
    assert.deepEqual(
      gates.all.map((gate) => gate.pauses),
      [1, 0],
    )
    gates.get(0).emit(message('A'))
    assert.equal(gates.get(1).pauses, 1)
    session.session.resumeOutput()
    assert.equal(gates.get(1).pauses, 0)
  })

  test('pauses of the sink nest', () => {
    const { gates, session } = open()
    session.feed(message('a'))
    session.session.pauseOutput()
    session.session.pauseOutput()
    session.session.resumeOutput()
    assert.equal(gates.get(0).pauses, 1)
    session.session.resumeOutput()
    assert.equal(gates.get(0).pauses, 0)
  })

  test('when its session ends, so do the sessions of its messages', () => {
    const { gates, session } = open()
    session.feed(message('a'), start())
    session.free()
    assert.deepEqual(
      gates.all.map((gate) => gate.isReset),
      [true, true],
    )
  })

  test('an answer made within the call', () => {
    const spec = run(
      (main) => main.demux('each').pipeline('each').replaceMessage(new Message('ok')),
      [message('a'), message('b')],
    )
    assert.deepEqual(spec, [...lines('ok'), ...lines('ok')])
  })

  test('refuses a target that is no string, or no pipeline', () => {
    assert.throws(() => run((main) => main.demux(1 as never), []), /argument #1 expects a string/)
    assert.throws(() => run((main) => main.demux('x'), []), /pipeline not found: x/)
  })
})
