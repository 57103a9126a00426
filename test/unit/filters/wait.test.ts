import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Data } from '../../../src/engine/data.ts'
import { SessionEnd } from '../../../src/engine/event.ts'
import { Message } from '../../../src/engine/message.ts'
import { Gates } from './support/gate.ts'
import { run, TestProgram } from './support/run.ts'

describe('wait', () => {
  test('is transparent once its condition has held', () => {
    let asked = 0
    const output = run((p) => p.wait(() => ++asked), ['a', new Message('b'), new SessionEnd()])
    assert.deepEqual(output, ['Data "a"', 'MessageStart', 'Data "b"', 'MessageEnd', 'SessionEnd'])
    assert.equal(asked, 1)
  })

  test('holds everything until then, over batches, and asks at each event', () => {
    let asked = 0
    const session = new TestProgram((p) => p.wait(() => ++asked === 3)).open()
    session.feed('a').feed(new SessionEnd())
    assert.deepEqual(session.output, [])
    session.feed('c')
    assert.deepEqual(session.output, ['Data "a"', 'SessionEnd', 'Data "c"'])
  })

  test('a fork before it may decide with the same event (B.3)', () => {
    let target: string | null = null
    const output = run(
      (p) =>
        p
          .fork('x')
          .wait(() => target !== null)
          .link('y')
          .pipeline('x')
          .onData((event) => {
            target = (event as Data).toString()
          })
          .pipeline('y'),
      ['a'],
    )
    assert.deepEqual(output, ['Data "a"'])
  })

  test('demux and mux of the same context wake it with their output', () => {
    let isOpen = false
    const gates = new Gates()
    const program = new TestProgram((p) =>
      gates.append(
        p
          .wait(() => isOpen)
          .pipeline('source')
          .demux('each')
          .replaceData(() => {
            isOpen = true
            return null
          })
          .pipeline('each')
          .mux('up')
          .pipeline('up'),
      ),
    )
    const waiting = program.open().feed('held')
    const source = program.open('source', waiting.context)
    source.feed(new Message('request'))
    assert.deepEqual(waiting.output, [])
    gates.get(0).emit(new Message('answer'))
    assert.deepEqual(waiting.output, ['Data "held"'])
    assert.equal(waiting.context.waiters, null, 'it waits no more')
  })

  test('output in another context does not wake it', () => {
    let asked = 0
    const program = new TestProgram((p) =>
      p
        .wait(() => {
          asked++
          return false
        })
        .pipeline('source')
        .demux('each')
        .pipeline('each'),
    )
    program.open().feed('held')
    program.open('source').feed(new Message('m'))
    assert.equal(asked, 1)
  })

  test('more than a megabyte holds up the source until the wait is over', () => {
    let isOpen = false
    const session = new TestProgram((p) => p.wait(() => isOpen)).open()
    session.push(new Data(1024 * 1024))
    assert.equal(session.pauses, 0)
    session.push('one more')
    assert.equal(session.pauses, 1)
    isOpen = true
    session.context.wake()
    assert.equal(session.pauses, 0)
    assert.equal(session.output.length, 2)
  })

  test('a source that goes on all the same ends the session', () => {
    const session = new TestProgram((p) => p.wait(() => false)).open()
    for (let i = 0; i < 17; i++) session.push(new Data(1024 * 1024))
    assert.deepEqual(session.output, ['SessionEnd BufferOverflow'])
    assert.equal(session.context.waiters, null)
  })

  test('a condition that throws ends the session', () => {
    const program = new TestProgram((p) =>
      p.wait(() => {
        throw new Error('oops')
      }),
    )
    assert.deepEqual(program.open().feed('a', 'b').output, ['SessionEnd RuntimeError'])
    assert.deepEqual(program.log, ['error Error: oops'])
  })

  test('a session that ends leaves the list of its context; a reused one waits anew', () => {
    const program = new TestProgram((p) => p.wait(() => false))
    const session = program.open().feed('a')
    assert.equal(session.context.waiters?.length, 1)
    session.free()
    assert.equal(session.context.waiters, null)
    assert.deepEqual(program.open().feed('b').output, [])
  })

  test('needs a function', () => {
    assert.throws(() => run((p) => p.wait(true as never), []), /argument #1 expects a function/)
  })
})
