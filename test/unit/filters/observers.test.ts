import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import type { Data } from '../../../src/engine/data.ts'
import { type Event, SessionEnd } from '../../../src/engine/event.ts'
import { Message } from '../../../src/engine/message.ts'
import { describe as line, type Spec, TestProgram } from './support/run.ts'

type Callback = (event: Event) => unknown

const observers: [name: string, spec: (callback: Callback) => Spec, seen: string[]][] = [
  ['onSessionStart', (f) => (p) => p.onSessionStart(f), ['Data "raw"']],
  ['onData', (f) => (p) => p.onData(f), ['Data "raw"', 'Data "body"']],
  ['onMessageStart', (f) => (p) => p.onMessageStart(f), ['MessageStart {"a":1}']],
  ['onMessageEnd', (f) => (p) => p.onMessageEnd(f), ['MessageEnd']],
  ['onSessionEnd', (f) => (p) => p.onSessionEnd(f), ['SessionEnd ReadError']],
]
const inputs = ['raw', new Message({ a: 1 }, 'body'), new SessionEnd('ReadError')] as const
const passed = [
  'Data "raw"',
  'MessageStart {"a":1}',
  'Data "body"',
  'MessageEnd',
  'SessionEnd ReadError',
]

for (const [name, spec, expected] of observers) {
  describe(name, () => {
    test('sees its events, and everything passes', () => {
      const seen: string[] = []
      const session = new TestProgram(spec((event) => seen.push(line(event)))).open()
      session.feed(...inputs)
      assert.deepEqual(seen, expected)
      assert.deepEqual(session.output, passed)
    })

    test('calls in the context of the session', () => {
      const seen: unknown[] = []
      const program: TestProgram = new TestProgram(spec(() => seen.push(program.runtime.context)))
      const session = program.open().feed(...inputs)
      assert.ok(seen.length > 0 && seen.every((context) => context === session.context))
    })

    test('may keep its event beyond the batch', () => {
      const kept: Event[] = []
      const program = new TestProgram(spec((event) => kept.push(event)))
      program.open().feed(...inputs)
      assert.deepEqual(kept.map(line), expected)
    })

    test('a callback that throws is logged and ends the session', () => {
      const program = new TestProgram(
        spec(() => {
          throw new Error('oops')
        }),
      )
      const session = program.open().feed(...inputs)
      assert.equal(session.output.at(-1), 'SessionEnd RuntimeError')
      assert.deepEqual(program.log, ['error Error: oops'])
      assert.ok(!session.output.slice(0, -1).includes(expected[0] as string))
    })

    test('needs a function', () => {
      const open = (): unknown => new TestProgram(spec('f' as never))
      assert.throws(open, /argument #1 expects a function/)
    })

    test('begins anew with a reused session', () => {
      let calls = 0
      const program = new TestProgram(spec(() => calls++))
      const first = program.open().feed(...inputs)
      first.free()
      const second = program.open()
      assert.equal(second.session, first.session)
      second.feed(...inputs)
      assert.equal(calls, 2 * expected.length)
    })
  })
}

test('a callback without parameters does not make copies of bytes', () => {
  const program = new TestProgram((p) => p.onData(() => undefined))
  const session = program.open().push('x')
  assert.ok((session.events[0] as Data).slabOffset >= 0)
})
