import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Data } from '../../../src/engine/data.ts'
import { SessionEnd } from '../../../src/engine/event.ts'
import { Message } from '../../../src/engine/message.ts'
import { Gates } from './support/gate.ts'
import { run, TestProgram } from './support/run.ts'

describe('link', () => {
  test('events go through the target, in the same context', () => {
    const gates = new Gates()
    const program = new TestProgram((main) => gates.append(main.link('x').pipeline('x')))
    const session = program.open()
    session.feed('a', new SessionEnd())
    const gate = gates.get(0)
    assert.deepEqual(gate.input, ['Data "a"', 'SessionEnd'])
    assert.equal(gate.session.context, session.context)
    assert.equal(gate.session.parent, session.session)
    gate.emit(new Data('b'), new SessionEnd())
    assert.deepEqual(session.output, ['Data "b"', 'SessionEnd'])
  })

  test('the first target whose condition holds, asked from left to right', () => {
    const asked: string[] = []
    const ask = (name: string, answer: boolean) => () => {
      asked.push(name)
      return answer
    }
    const output = run(
      (main) =>
        main
          .link('x', ask('x', false), 'y', ask('y', true), 'z', ask('z', true))
          .pipeline('x')
          .replaceData(new Data('x'))
          .pipeline('y')
          .replaceData(new Data('y'))
          .pipeline('z')
          .dummy(),
      ['1', '2'],
    )
    assert.deepEqual(output, ['Data "y"', 'Data "y"'])
    assert.deepEqual(asked, ['x', 'y'], 'the choice is made once')
  })

  test('a target without condition always matches', () => {
    const output = run(
      (main) =>
        main
          .link('x', () => false, 'y')
          .pipeline('x')
          .dummy()
          .pipeline('y'),
      ['1'],
    )
    assert.deepEqual(output, ['Data "1"'])
  })

  test('events wait until a condition holds, over batches', () => {
    let isOpen = false
    const program = new TestProgram((main) => main.link('x', () => isOpen).pipeline('x'))
    const session = program.open()
    session.feed('1').feed(new Message('2'))
    assert.deepEqual(session.output, [])
    isOpen = true
    session.feed('3')
    assert.deepEqual(session.output, [
      'Data "1"',
      'MessageStart',
      'Data "2"',
      'MessageEnd',
      'Data "3"',
    ])
  })

  test('more than a megabyte of waiting bytes ends the session', () => {
    const output = run(
      (main) => main.link('x', () => false).pipeline('x'),
      [new Data(1024 * 1024), 'one more', 'ignored'],
    )
    assert.deepEqual(output, ['SessionEnd BufferOverflow'])
  })

  test('a condition that throws ends the session', () => {
    const program = new TestProgram((main) =>
      main
        .link('x', () => {
          throw new Error('oops')
        })
        .pipeline('x'),
    )
    const session = program.open().feed('1', '2')
    assert.deepEqual(session.output, ['SessionEnd RuntimeError'])
    assert.deepEqual(program.log, ['error Error: oops'])
  })

  test('pauses go through the target, also those from before the choice', () => {
    const gates = new Gates()
    const program = new TestProgram((main) => gates.append(main.link('x').pipeline('x')))
    const session = program.open()
    session.session.pauseOutput()
    session.feed('1')
    assert.equal(gates.get(0).pauses, 1)
    session.session.resumeOutput()
    assert.equal(gates.get(0).pauses, 0)
    gates.get(0).session.pause()
    assert.equal(session.pauses, 1)
    gates.get(0).session.resume()
    assert.equal(session.pauses, 0)
  })

  test('pauses of a target that is dropped are not taken back in the next life', () => {
    const gates = new Gates()
    const up = new Gates()
    const program = new TestProgram((main) => gates.append(up.append(main).link('x').pipeline('x')))
    const first = program.open().feed('1')
    up.get(0).emit(new Data('a'))
    gates.get(0).session.pause()
    first.free()
    const second = program.open().feed('2')
    assert.equal(second.session, first.session)
    assert.equal(up.get(1).pauses, 0)
  })

  test('a reused session chooses anew', () => {
    let target = 'x'
    const gates = new Gates()
    const program = new TestProgram((main) =>
      gates.append(main.link('x', () => target === 'x', 'y').pipeline('x')).pipeline('y'),
    )
    const first = program.open().feed('1')
    first.free()
    assert.equal(gates.get(0).isReset, true)
    target = 'y'
    const second = program.open()
    assert.equal(second.session, first.session)
    assert.deepEqual(second.feed('2').output, ['Data "2"'])
  })

  test('names must be strings, conditions functions, targets pipelines', () => {
    assert.throws(() => run((main) => main.link(), []), /argument #1 expects a string/)
    assert.throws(() => run((main) => main.link('x', 'y'), []), /argument #2 expects a function/)
    const third = (): unknown => run((main) => main.link('x', () => 1, 3 as never), [])
    assert.throws(third, /argument #3 expects a string/)
    assert.throws(() => run((main) => main.link('x'), []), /pipeline not found: x/)
    const loop = (): unknown => run((main) => main.link('x').pipeline('x').link('x'), [])
    assert.throws(loop, /recursive pipeline: x/)
  })
})
