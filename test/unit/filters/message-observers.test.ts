import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Data } from '../../../src/engine/data.ts'
import { SessionEnd } from '../../../src/engine/event.ts'
import { Message } from '../../../src/engine/message.ts'
import { END, runApart, start, TestProgram } from './support/run.ts'

const inputs = ['raw', start({ a: 1 }), 'he', 'llo', END, new SessionEnd()] as const
const passed = [
  'Data "raw"',
  'MessageStart {"a":1}',
  'Data "he"',
  'Data "llo"',
  'MessageEnd',
  'SessionEnd',
]

describe('onMessage', () => {
  test('sees each whole message before its end passes', () => {
    const seen: Message[] = []
    const program = new TestProgram((p) =>
      p.onMessage((message) => {
        seen.push(message)
        assert.equal(session.output.at(-1), 'Data "llo"')
      }),
    )
    const session: ReturnType<TestProgram['open']> = program.open()
    for (const input of inputs) session.feed(input)
    assert.deepEqual(session.output, passed)
    assert.deepEqual(program.log, [])
    assert.equal(seen.length, 1)
    assert.deepEqual(seen[0]?.head, { a: 1 })
    assert.equal(seen[0]?.body?.toString(), 'hello')
  })

  test('an empty body is Data too', () => {
    let size = -1
    runApart((p) => p.onMessage(({ body }) => (size = body?.size ?? -2)), [start(), END])
    assert.equal(size, 0)
  })
})

describe('onMessageBody', () => {
  test('sees each whole body', () => {
    const seen: string[] = []
    const output = runApart(
      (p) => p.onMessageBody((body) => seen.push(`${body}`)),
      [...inputs.slice(0, -1), new Message('second')],
    )
    assert.deepEqual(seen, ['hello', 'second'])
    assert.deepEqual(output.slice(0, 5), passed.slice(0, 5))
  })
})

for (const name of ['onMessage', 'onMessageBody'] as const) {
  describe(name, () => {
    test('a callback that throws ends the session', () => {
      const program = new TestProgram((p) =>
        p[name](() => {
          throw new Error('oops')
        }),
      )
      assert.deepEqual(program.open().feed(new Message('a')).output, [
        'MessageStart',
        'Data "a"',
        'SessionEnd RuntimeError',
      ])
    })

    test('a message beyond 16 MB ends the session', () => {
      const program = new TestProgram((p) => p[name]((part) => part))
      const session = program.open().push(start())
      for (let i = 0; i < 17; i++) session.push(new Data(1024 * 1024))
      assert.equal(session.output.at(-1), 'SessionEnd BufferOverflow')
      assert.deepEqual(program.log, [`error [${name}] message too long`])
    })

    test('without a parameter nothing is collected, and there is no limit', () => {
      let calls = 0
      const program = new TestProgram((p) => p[name](() => calls++))
      const session = program.open().push(start())
      for (let i = 0; i < 17; i++) session.push(new Data(1024 * 1024))
      session.push(END)
      assert.equal(session.output.at(-1), 'MessageEnd')
      assert.equal(calls, 1)
    })

    test('a reused session begins without what was left over', () => {
      const seen: string[] = []
      const program = new TestProgram((p) =>
        p[name]((part) => seen.push(String(part instanceof Message ? part.body : part))),
      )
      program.open().feed(start(), 'left over').free()
      program.open().feed('raw', new Message('a'))
      assert.deepEqual(seen, ['a'])
    })

    test('needs a function', () => {
      assert.throws(
        () => new TestProgram((p) => p[name](1 as never)),
        /argument #1 expects a function/,
      )
    })
  })
}
