import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Data } from '../../../src/engine/data.ts'
import { SessionEnd } from '../../../src/engine/event.ts'
import { Message } from '../../../src/engine/message.ts'
import { END, type Spec, start, TestProgram } from './support/run.ts'

describe('print', () => {
  const print: Spec = (p) => p.print()

  test('whole lines as they come, the rest at the end, and everything passes', () => {
    const program = new TestProgram(print)
    const session = program.open().feed('one\ntw').feed('o\n\nthree').feed(new SessionEnd())
    assert.deepEqual(program.log, ['raw one', 'raw two', 'raw ', 'raw three'])
    assert.deepEqual(session.output, ['Data "one\\ntw"', 'Data "o\\n\\nthree"', 'SessionEnd'])
  })

  test('the end of a message ends a line', () => {
    const program = new TestProgram(print)
    program.open().feed(new Message('a'), new Message('b'))
    assert.deepEqual(program.log, ['raw a', 'raw b'])
  })

  test('lines break at 100 characters', () => {
    const program = new TestProgram(print)
    program.open().feed(`${'x'.repeat(250)}\n`)
    assert.deepEqual(
      program.log.map((line) => line.length - 4),
      [100, 100, 50],
    )
  })

  test('control characters are left out: they could drive a terminal', () => {
    const program = new TestProgram(print)
    program.open().feed('a\x1b[31m\r\n\x00b\n')
    assert.deepEqual(program.log, ['raw a[31m', 'raw b'])
  })

  test('a character cut in two by the network is one', () => {
    const program = new TestProgram(print)
    const bytes = Buffer.from('é\n')
    const session = program.open()
    session.feed(Data.fromBytes(bytes.subarray(0, 1))).feed(Data.fromBytes(bytes.subarray(1)))
    assert.deepEqual(program.log, ['raw é'])
  })

  test('a reused session does not begin with the rest of another', () => {
    const program = new TestProgram(print)
    program.open().feed('left over').free()
    program.open().feed('a\n')
    assert.deepEqual(program.log, ['raw a'])
  })
})

describe('dump', () => {
  function dumped(
    spec: Spec,
    ...inputs: Parameters<ReturnType<TestProgram['open']>['feed']>
  ): string[] {
    const program = new TestProgram(spec)
    const { context } = program.open().feed(...inputs)
    const time = /^raw \d{4}-\d\d-\d\d \d\d:\d\d:\d\d /
    return program.log.map((line) => {
      assert.match(line, time)
      return line.replace(time, '').replace(`[context=${context.id}]`, '[context=ID]')
    })
  }

  test('a line for each event', () => {
    assert.deepEqual(
      dumped(
        (p) => p.dump(),
        start({ a: 1 }),
        new Data(),
        END,
        new SessionEnd('ReadError'),
        new SessionEnd(),
      ),
      [
        '[dump] [context=ID] MessageStart',
        '[dump] [context=ID] Data [size=0]',
        '[dump] [context=ID] MessageEnd',
        '[dump] [context=ID] SessionEnd [3] ReadError',
        '[dump] [context=ID] SessionEnd [0]',
      ],
    )
  })

  test('a tag, also one made by a function; none if it is empty', () => {
    assert.deepEqual(
      dumped((p) => p.dump('t'), END),
      ['[dump] [context=ID] [t] MessageEnd'],
    )
    assert.deepEqual(
      dumped((p) => p.dump(() => 7), END),
      ['[dump] [context=ID] [7] MessageEnd'],
    )
    assert.deepEqual(
      dumped((p) => p.dump(''), END),
      ['[dump] [context=ID] MessageEnd'],
    )
  })

  test('data as rows of 16 bytes', () => {
    assert.deepEqual(
      dumped((p) => p.dump(), 'GET / HTTP/1.1\r\nHost'),
      [
        [
          '[dump] [context=ID] Data [size=20]',
          '-'.repeat(68),
          '47 45 54 20 2F 20 48 54 54 50 2F 31 2E 31 0D 0A  | GET / HTTP/1.1??',
          '48 6F 73 74                                      | Host',
          '-'.repeat(68),
        ].join('\n'),
      ],
    )
  })

  test('everything passes, also after the end', () => {
    const session = new TestProgram((p) => p.dump()).open().feed(new SessionEnd(), 'a')
    assert.deepEqual(session.output, ['SessionEnd', 'Data "a"'])
  })

  test('a tag function that throws ends the session', () => {
    const program = new TestProgram((p) =>
      p.dump(() => {
        throw new Error('oops')
      }),
    )
    assert.deepEqual(program.open().feed('a').output, ['SessionEnd RuntimeError'])
  })
})
