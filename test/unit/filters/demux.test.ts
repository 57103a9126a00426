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
const pauses = (gates: Gates): number[] => gates.all.map((gate) => gate.pauses)
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

  test('eight messages are worked on at a time; further ones wait, and hold up the source', () => {
    const { gates, session } = open()
    for (let i = 0; i < 8; i++) session.feed(message('x'))
    assert.equal(session.pauses, 0)
    session.feed(message('y'), ...session.borrow('no message'), start())
    assert.equal(gates.all.length, 8)
    assert.equal(session.pauses, 1)
    gates.get(1).emit(message('B'))
    assert.equal(gates.all.length, 8, 'the oldest is not answered')
    gates.get(0).emit(message('A'))
    assert.equal(gates.all.length, 10)
    assert.deepEqual(gates.get(8).input, lines('y'))
    assert.equal(session.pauses, 0)
    session.feed(new Data('rest'), END)
    assert.deepEqual(gates.get(9).input, ['MessageStart', 'Data "rest"', 'MessageEnd'])
  })

  test('a message that waits has the variables of the time when it came', () => {
    const { gates, session } = open()
    for (let i = 0; i < 9; i++) session.feed(message('x'))
    const ids = gates.all.map((gate) => gate.session.context.id)
    gates.get(0).emit(message('A'))
    const { id } = gates.get(8).session.context
    assert.equal(id, Math.max(...ids) + 1, 'made in turn')
  })

  test('borrowed bytes of a message that waits are kept beyond the batch', () => {
    const { gates, session, program } = open()
    for (let i = 0; i < 8; i++) session.feed(message('x'))
    session.feed(start(), ...session.borrow('body'), END)
    program.settle()
    gates.get(0).emit(message('A'))
    assert.deepEqual(gates.get(8).input, ['MessageStart', 'Data "body"', 'MessageEnd'])
  })

  test('thousands of messages that wait, and are answered within the call', () => {
    const gates = new Gates()
    let count = 0
    const program = new TestProgram((main) => {
      main
        .demux('each')
        .pipeline('each')
        .link('slow', () => count++ === 0, 'quick')
      return gates
        .append(main.pipeline('slow'))
        .pipeline('quick')
        .replaceMessage(new Message('quick'))
    })
    const session = program.open()
    for (let i = 0; i < 5000; i++) session.push(message('x'))
    gates.get(0).emit(message('slow'))
    assert.equal(session.text(), `slow${'quick'.repeat(4999)}`)
    assert.equal(session.pauses, 0)
  })

  test('messages that wait are worked on when the input has ended; half a one is not', () => {
    const { gates, session } = open()
    for (let i = 0; i < 9; i++) session.feed(message(`${i}`))
    session.feed(start(), new SessionEnd())
    for (let i = 0; i < 9; i++) gates.get(i).emit(message(`${i}`))
    assert.equal(gates.all.length, 9)
    assert.equal(session.output.filter((line) => line === 'MessageEnd').length, 9)
  })

  test('no message that waits begins when an answer has ended the session', () => {
    const { gates, session } = open()
    for (let i = 0; i < 9; i++) session.feed(message('x'))
    session.session.free()
    gates.get(0).emit(message('A'))
    assert.equal(gates.all.length, 8)
  })

  test('an HTTP request that is not safe is worked on alone', () => {
    const { gates, session } = open()
    const methods = ['GET', 'HEAD', 'POST', 'OPTIONS', 'TRACE', 'DELETE', 'PUT', 'get']
    for (const method of methods) session.feed(new Message({ method }, 'x'))
    for (const [answered, begun] of [2, 2, 3, 5, 5, 6, 7, 8].entries()) {
      assert.equal(gates.all.length, begun)
      gates.get(answered).emit(message('A'))
    }
    assert.equal(session.pauses, 0)
  })

  test('a full sink lets no further message begin, but for the one that is due', () => {
    const { gates, session } = open()
    session.feed(message('a'))
    session.session.pauseOutput()
    session.feed(message('b'), message('c'))
    assert.equal(gates.all.length, 1)
    gates.get(0).emit(message('A'))
    assert.equal(gates.all.length, 2)
    assert.equal(gates.get(1).pauses, 1)
    session.session.resumeOutput()
    assert.equal(gates.get(1).pauses, 0)
    assert.equal(gates.all.length, 3)
    assert.equal(session.pauses, 0)
  })

  test('answers that wait hold 64 KB together; more holds all of them up, and what has not begun', () => {
    const { gates, session } = open()
    session.feed(message('a'), message('b'), message('c'))
    gates.get(1).emit(start(), new Data(40_000))
    assert.deepEqual(pauses(gates), [0, 0, 0])
    gates.get(2).emit(start(), new Data(40_000))
    assert.deepEqual(pauses(gates), [0, 1, 1])
    session.feed(message('d'))
    assert.equal(gates.all.length, 3)
    gates.get(0).emit(message('A'))
    assert.deepEqual(pauses(gates), [0, 0, 1], 'the second has its turn, the third is still much')
    gates.get(1).emit(END)
    assert.deepEqual(pauses(gates), [0, 0, 0, 0])
    assert.equal(session.pauses, 0)
  })

  test('what an answer of a message that was cut off has held is not counted any more', () => {
    const { gates, session } = open()
    session.feed(message('a'), message('b'), start())
    gates.get(2).emit(start(), new Data(80_000))
    assert.deepEqual(pauses(gates), [0, 1, 1])
    session.feed(new SessionEnd())
    assert.deepEqual(pauses(gates).slice(0, 2), [0, 0])
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

  test('a sink that was full for a while does not change the order', () => {
    const { gates, session } = open()
    session.feed(message('a'), message('b'))
    gates.get(1).emit(message('B'))
    session.session.pauseOutput()
    session.session.resumeOutput()
    assert.deepEqual(session.output, [])
    gates.get(0).emit(message('A'))
    assert.deepEqual(session.output, [...lines('A'), ...lines('B')])
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
