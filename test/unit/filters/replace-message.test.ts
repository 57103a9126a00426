import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Data } from '../../../src/engine/data.ts'
import { SessionEnd } from '../../../src/engine/event.ts'
import { Message } from '../../../src/engine/message.ts'
import { END, run, runApart, start, TestProgram } from './support/run.ts'

describe('replaceMessage', () => {
  test('a constant stands for every message, and is not used up', () => {
    const output = run(
      (p) => p.replaceMessage(new Message({ status: 404 }, 'no')),
      [new Message('a'), new Message('b')],
    )
    const answer = ['MessageStart {"status":404}', 'Data "no"', 'MessageEnd']
    assert.deepEqual(output, [...answer, ...answer])
  })

  test('a function receives the whole message', () => {
    const spec = (p: Parameters<Parameters<typeof run>[0]>[0]) =>
      p.replaceMessage(({ head, body }) => new Message({ was: head }, `${body?.toString()}!`))
    for (const feed of [run, runApart]) {
      assert.deepEqual(feed(spec, [start({ n: 1 }), 'he', 'llo', END]), [
        'MessageStart {"was":{"n":1}}',
        'Data "hello!"',
        'MessageEnd',
      ])
    }
  })

  test('the body is always Data', () => {
    const sizes: unknown[] = []
    run(
      (p) =>
        p.replaceMessage((message) => {
          sizes.push(message.body?.size)
          return null
        }),
      [start(), END],
    )
    assert.deepEqual(sizes, [0])
  })

  test('everything outside of messages passes', () => {
    assert.deepEqual(
      run((p) => p.replaceMessage(), ['raw', END, new SessionEnd()]),
      ['Data "raw"', 'SessionEnd'],
    )
  })

  const values: [what: string, value: unknown, output: string[], log?: string][] = [
    ['nothing', undefined, []],
    ['null', null, []],
    ['an event', new SessionEnd(), ['SessionEnd']],
    [
      'a list',
      [new Data('x'), null, new Message('y')],
      ['Data "x"', 'MessageStart', 'Data "y"', 'MessageEnd'],
    ],
    ['what is no event', 'text', [], 'error [filter] not an Event object'],
    [
      'a list with such',
      [new Data('x'), 1, new Data('y')],
      ['Data "x"'],
      'error [filter] not an Event object',
    ],
  ]
  for (const [what, value, output, log] of values) {
    test(`replaced by ${what}`, () => {
      for (const replacement of [value, () => value]) {
        const program = new TestProgram((p) => p.replaceMessage(replacement as null))
        const session = program.open().feed(new Message('a'))
        assert.deepEqual(session.output, output)
        assert.deepEqual(program.log, log === undefined ? [] : [log])
      }
    })
  }

  test('a function with a rest parameter receives the message too', () => {
    const output = run(
      (p) => p.replaceMessage((...args: Message[]) => new Message(args[0]?.body ?? null)),
      [new Message('a')],
    )
    assert.deepEqual(output, ['MessageStart', 'Data "a"', 'MessageEnd'])
  })

  test('a message beyond 16 MB ends the session', () => {
    const program = new TestProgram((p) => p.replaceMessage((message) => message))
    const session = program.open().push(start())
    for (let i = 0; i < 17; i++) session.push(new Data(1024 * 1024))
    assert.deepEqual(session.output, ['SessionEnd BufferOverflow'])
  })

  test('a function that throws ends the session', () => {
    const output = run(
      (p) =>
        p.replaceMessage(() => {
          throw new Error('oops')
        }),
      [new Message('a'), new Message('b')],
    )
    assert.deepEqual(output, ['SessionEnd RuntimeError'])
  })

  test('a reused session begins outside of a message', () => {
    const program = new TestProgram((p) => p.replaceMessage((message) => message))
    program.open().feed(start(), 'left over').free()
    assert.deepEqual(program.open().feed('raw', new Message('a')).output, [
      'Data "raw"',
      'MessageStart',
      'Data "a"',
      'MessageEnd',
    ])
  })
})
