import assert from 'node:assert/strict'
import { afterEach, beforeEach, describe, mock, test } from 'node:test'
import { Data } from '../../../src/engine/data.ts'
import { SessionEnd } from '../../../src/engine/event.ts'
import { Message } from '../../../src/engine/message.ts'
import { Bucket } from '../../../src/filters/tap/bucket.ts'
import { frame, frameData } from '../../support/dubbo-frames.ts'
import { type Spec, TestProgram, type TestSession } from './support/run.ts'

let now = 0

/** Lets time pass: the clock and the timers. */
function pass(milliseconds: number): void {
  now += milliseconds
  mock.timers.tick(milliseconds)
}

beforeEach(() => {
  now = 1000
  mock.timers.enable({ apis: ['setTimeout'] })
  mock.method(performance, 'now', () => now)
})

afterEach(() => {
  mock.timers.reset()
  mock.restoreAll()
})

const message = (text: string): Message => new Message(text)
const lines = (text: string): string[] => ['MessageStart', `Data "${text}"`, 'MessageEnd']

describe('tap with a number: messages per second', () => {
  test('within the quota everything passes at once', () => {
    const session = new TestProgram((p) => p.tap(2)).open().feed(message('a'), message('b'))
    assert.deepEqual(session.output, [...lines('a'), ...lines('b')])
    assert.equal(session.pauses, 0)
  })

  test('more waits for the next second and holds up the source', () => {
    const session = new TestProgram((p) => p.tap(2)).open()
    session.feed(...['a', 'b', 'c', 'd', 'e'].map(message))
    assert.deepEqual(session.take(), [...lines('a'), ...lines('b')])
    assert.equal(session.pauses, 1)
    pass(999)
    assert.deepEqual(session.take(), [])
    pass(1)
    assert.deepEqual(session.take(), [...lines('c'), ...lines('d')])
    assert.equal(session.pauses, 1)
    pass(1000)
    assert.deepEqual(session.take(), lines('e'))
    assert.equal(session.pauses, 0)
  })

  test('what one second leaves does not add to the next', () => {
    const session = new TestProgram((p) => p.tap(2)).open()
    pass(10_000)
    session.feed(...['a', 'b', 'c'].map(message))
    assert.equal(session.output.length, 6)
  })

  test('nothing passes with a quota of zero, except the end', () => {
    const session = new TestProgram((p) => p.tap(0)).open().feed(message('a'))
    pass(5000)
    assert.deepEqual(session.output, [])
    assert.deepEqual(new TestProgram((p) => p.tap(0)).open().feed(new SessionEnd()).output, [
      'SessionEnd',
    ])
  })

  test('a negative number is no limit', () => {
    const session = new TestProgram((p) => p.tap(-1)).open()
    for (let i = 0; i < 100; i++) session.feed(message('a'))
    assert.equal(session.output.length, 300)
  })
})

test('a session that cannot take what it waits for is asked once a second', () => {
  const runtime = new TestProgram((p) => p.tap(1)).open().session.layout.runtime
  const bucket = new Bucket(runtime, { unit: 'messages', perSecond: -1 })
  let asked = 0
  bucket.wait({
    isWaiting: true,
    serve: () => {
      asked++
      return false
    },
  })
  pass(10_000)
  assert.ok(asked <= 11, `${asked} times in 10 s`)
})

describe('tap with a size: bytes per second', () => {
  test('data is cut at the quota', () => {
    const session = new TestProgram((p) => p.tap('4')).open().feed('abcdefghij')
    assert.deepEqual(session.take(), ['Data "abcd"'])
    pass(1000)
    assert.deepEqual(session.take(), ['Data "efgh"'])
    pass(1000)
    assert.deepEqual(session.take(), ['Data "ij"'])
    assert.equal(session.pauses, 0)
  })

  test('units are powers of 1024, and a function may tell the quota', () => {
    const session = new TestProgram((p) => p.tap(() => '1k')).open().feed(new Data(1025))
    assert.equal((session.events[0] as Data).size, 1024)
  })

  test('a constant that is cut stays whole', () => {
    const constant = new Data('abcd')
    new TestProgram((p) => p.tap('2')).open().feed(constant)
    assert.equal(constant.toString(), 'abcd')
  })

  test('other events cost nothing but stay in order', () => {
    const session = new TestProgram((p) => p.tap('2')).open().feed(message('ab'), message('cd'))
    assert.deepEqual(session.take(), [...lines('ab'), 'MessageStart'])
    pass(1000)
    assert.deepEqual(session.take(), ['Data "cd"', 'MessageEnd'])
  })
})

describe('tap: the end of a session', () => {
  test('an answer of Dubbo that waits is written whole before it', () => {
    const session = new TestProgram((p) => p.decodeDubbo().tap('4').encodeDubbo()).open()
    session.feed(frameData(frame(0, 1, 'abcdef', 20)), new SessionEnd())
    assert.notEqual(session.output.at(-1), 'SessionEnd')
    pass(1000)
    assert.deepEqual(session.output.slice(-3), ['Data "ef"', 'MessageEnd', 'SessionEnd'])
  })

  test('stays behind its data', () => {
    const session = new TestProgram((p) => p.tap('2')).open().feed('abc', new SessionEnd(), 'late')
    assert.deepEqual(session.output, ['Data "ab"'])
    pass(1000)
    assert.deepEqual(session.output, ['Data "ab"', 'Data "c"', 'SessionEnd'])
  })

  test('what waits in a session that is freed is dropped, and reaches nobody', () => {
    const program = new TestProgram((p) => p.tap('2'))
    const first = program.open().feed('abcdef')
    first.free()
    assert.equal(first.pauses, 0)
    const second = program.open()
    assert.equal(second.session, first.session)
    pass(1000)
    assert.deepEqual(second.feed('xy').output, ['Data "xy"'])
    assert.deepEqual(first.output, ['Data "ab"'])
  })
})

describe('tap: accounts', () => {
  const feedAll = (sessions: TestSession[], ...texts: string[]): void => {
    for (const session of sessions) session.feed(...texts.map(message))
  }

  test('all sessions of a filter share one, taking turns', () => {
    const program = new TestProgram((p) => p.tap(2))
    const sessions = [program.open(), program.open()]
    feedAll(sessions, '1', '2', '3')
    assert.deepEqual(
      sessions.map((session) => session.take()),
      [[...lines('1'), ...lines('2')], []],
    )
    pass(1000)
    assert.deepEqual(
      sessions.map((session) => session.take()),
      [lines('3'), lines('1')],
    )
    pass(1000)
    assert.deepEqual(
      sessions.map((session) => session.take()),
      [[], [...lines('2'), ...lines('3')]],
    )
  })

  test('sessions with accounts of their own do not share', () => {
    let next = 0
    const program = new TestProgram((p) => p.tap(1, () => `${next++}`))
    const sessions = [program.open(), program.open()]
    feedAll(sessions, 'a')
    assert.deepEqual(
      sessions.map((session) => session.output),
      [lines('a'), lines('a')],
    )
  })

  test('two filters do not share', () => {
    const spec: Spec = (p) => p.tap(1).pipeline('other').tap(1)
    const program = new TestProgram(spec)
    const sessions = [program.open(), program.open('other')]
    feedAll(sessions, 'a')
    assert.deepEqual(
      sessions.map((session) => session.output.length),
      [3, 3],
    )
  })

  test('an account out of use keeps what was used in its second', () => {
    const program = new TestProgram((p) => p.tap(1))
    program.open().feed(message('a')).free()
    assert.deepEqual(program.open().feed(message('b')).output, [])
  })
})

describe('tap: limits', () => {
  test('a full sink gets nothing when the second comes, and all of it when it can', () => {
    const session = new TestProgram((p) => p.tap('2')).open().feed('abcd')
    session.session.pauseOutput()
    assert.equal(session.pauses, 1)
    pass(1000)
    assert.deepEqual(session.take(), ['Data "ab"'])
    session.session.resumeOutput()
    assert.deepEqual(session.take(), ['Data "cd"'])
    assert.equal(session.pauses, 0)
  })

  test('a source that cannot be held up ends the session', () => {
    const program = new TestProgram((p) => p.tap('1'))
    const session = program.open()
    for (let i = 0; i < 18; i++) session.push(new Data(1024 * 1024))
    assert.equal(session.output.at(-1), 'SessionEnd BufferOverflow')
    assert.deepEqual(program.log, ['error [tap] buffer overflow'])
  })

  test('a quota function that throws ends the session', () => {
    const program = new TestProgram((p) =>
      p.tap(() => {
        throw new Error('oops')
      }),
    )
    assert.deepEqual(program.open().feed('a', 'b').output, ['SessionEnd RuntimeError'])
  })

  test('needs a quota', () => {
    assert.throws(() => new TestProgram((p) => p.tap(null as never)), /argument #1 expects/)
  })
})
