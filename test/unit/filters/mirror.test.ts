import assert from 'node:assert/strict'
import { describe, mock, test } from 'node:test'
import { Data } from '../../../src/engine/data.ts'
import { MessageStart, SessionEnd } from '../../../src/engine/event.ts'
import { Message } from '../../../src/engine/message.ts'
import { Gates } from './support/gate.ts'
import { END, start, TestProgram } from './support/run.ts'

/** A pipeline whose copies end at gates. */
function mirrored(percent?: number): { gates: Gates; program: TestProgram } {
  const gates = new Gates()
  const program = new TestProgram((main) =>
    gates.append(main.mirror('x', percent).replaceMessageStart().pipeline('x')),
  )
  return { gates, program }
}

const MESSAGE = new Message({ path: '/' }, 'body')
const COPIED = ['MessageStart {"path":"/"}', 'Data "body"', 'MessageEnd']

describe('mirror', () => {
  test('a copy goes on when the message has been answered', () => {
    const { gates, program } = mirrored()
    const session = program.open()
    session.feed(MESSAGE, new SessionEnd()).free()
    const gate = gates.get(0)
    assert.deepEqual(gate.input, COPIED)
    assert.equal(gate.isReset, false)
    assert.notEqual(gate.session.context, session.context)
    gate.emit(new Message({ status: 500 }))
    program.settle()
    assert.equal(gate.isReset, true)
    assert.deepEqual(session.output, ['Data "body"', 'MessageEnd', 'SessionEnd'])
  })

  test('copies are an even share', () => {
    const { gates, program } = mirrored(25)
    for (let i = 0; i < 8; i++)
      program
        .open()
        .feed(new Message({ path: String(i) }))
        .free()
    assert.deepEqual(gates.get(0).input[0], 'MessageStart {"path":"3"}')
    assert.deepEqual(gates.get(1).input[0], 'MessageStart {"path":"7"}')
    assert.throws(() => gates.get(2))
  })

  test('a message that is cut off cuts off its copy', () => {
    const { gates, program } = mirrored()
    program.open().feed(new MessageStart(), 'a').free()
    assert.deepEqual(gates.get(0).input.slice(-1), ['SessionEnd ReadError'])
    assert.equal(gates.get(0).isReset, true)
  })

  test('a copy that is full holds nobody up, and is cut off in the end', () => {
    const { gates, program } = mirrored()
    const session = program.open().feed(start())
    const gate = gates.get(0)
    gate.previous?.pause()
    const piece = new Data('x'.repeat(512 * 1024))
    session.feed(piece, piece)
    assert.equal(session.pauses, 0)
    assert.equal(gate.isReset, false)
    session.feed(new Data('x'), END)
    assert.equal(session.pauses, 0)
    assert.equal(gate.isReset, true)
    assert.equal(session.output.filter((line) => line.startsWith('Data')).length, 3)
  })

  test('a limited number of copies is in progress', () => {
    const { gates, program } = mirrored()
    for (let i = 0; i < 1025; i++) program.open().feed(MESSAGE)
    assert.throws(() => gates.get(1024))
    gates.get(0).emit(new SessionEnd())
    program.open().feed(MESSAGE)
    assert.deepEqual(gates.get(1024).input, COPIED)
  })

  test('a copy has a minute for its whole answer, from its end on', () => {
    let now = 1000
    mock.timers.enable({ apis: ['setTimeout'] })
    const clock = mock.method(performance, 'now', () => now)
    const pass = (ms: number): void => {
      now += ms
      mock.timers.tick(ms)
    }
    try {
      const { gates, program } = mirrored()
      const slow = program.open().feed(start())
      pass(100_000)
      slow.feed(END)
      pass(30_000)
      program.open().feed(MESSAGE)
      gates.get(0).emit(start({ status: 200 }), new Data('half of it'))
      pass(29_999)
      assert.equal(gates.get(0).isReset, false)
      pass(1)
      program.settle()
      assert.deepEqual(gates.get(0).input.slice(-1), ['SessionEnd ReadTimeout'])
      assert.equal(gates.get(0).isReset, true)
      assert.equal(gates.get(1).isReset, false)
      gates.get(1).emit(new Message({ status: 200 }))
      program.settle()
      assert.equal(gates.get(1).isReset, true)
      pass(60_000)
      assert.deepEqual(gates.get(1).input, COPIED)
    } finally {
      clock.mock.restore()
      mock.timers.reset()
    }
  })

  test('refuses what is no share', () => {
    for (const percent of [-1, 101, Number.NaN]) assert.throws(() => mirrored(percent), TypeError)
  })
})
