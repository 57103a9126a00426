import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MESSAGE_ENDED, MessageStart } from '../../../src/engine/event.ts'
import { Message } from '../../../src/engine/message.ts'
import type { RateLimitOptions } from '../../../src/filters/limit-rate.ts'
import { type Builder, pipy } from '../../../src/program/configuration.ts'
import { TestProgram } from './support/run.ts'

const rate = '1/h'

function program(...limits: RateLimitOptions[]): TestProgram {
  return new TestProgram((main: Builder) =>
    main
      .limitRate('app', ...limits)
      .pipeline('app')
      .replaceMessage(new Message({ status: 200 }, 'hello')),
  )
}

/** Statuses of the answers to requests, each in a session of its own. */
function statuses(program: TestProgram, ...heads: object[]): unknown[] {
  return heads.map((head) => {
    const session = program.open().feed(new Message({ path: '/', headers: {}, ...head }))
    const [start] = session.events
    session.free()
    return start instanceof MessageStart ? (start.head as { status: number }).status : undefined
  })
}

test('requests within the limit go on, others are answered 429 with Retry-After', () => {
  const one = program({ rate, burst: 2 })
  assert.deepEqual(statuses(one, {}, {}, {}), [200, 200, 429])
  const output = one.open().feed(new Message({ path: '/', headers: {} })).output
  assert.match(
    output[0] ?? '',
    /^MessageStart {"status":429,"headers":{"date":"[^"]+ GMT","retry-after":"3\d\d\d"}}$/,
  )
  assert.deepEqual(output.slice(1), ['MessageEnd'])
})

test('a key has a limit of its own', () => {
  const one = program({ rate, burst: 1, key: { header: 'X-Key' } })
  const heads = ['a', 'b', 'a', undefined, undefined].map((key) => ({ headers: { 'x-key': key } }))
  assert.deepEqual(statuses(one, ...heads), [200, 200, 429, 200, 429])
})

test('a callback gives the key', () => {
  const keys = ['a', 'a', 'b']
  const one = program({ rate, burst: 1, key: () => keys.shift() })
  assert.deepEqual(statuses(one, {}, {}, {}), [200, 429, 200])
})

test('all limits have to allow a request, and one that is refused takes nothing of any', () => {
  const one = program({ rate, burst: 3 }, { rate, burst: 1, key: 'path' })
  const heads = ['/a', '/a', '/a', '/b', '/c', '/d'].map((path) => ({ path }))
  assert.deepEqual(statuses(one, ...heads), [200, 429, 429, 200, 200, 429])
})

test('limits of one name are one, others are apart', () => {
  const one = program({ rate, burst: 1, name: 'a' }, { rate, burst: 1, name: 'a' })
  assert.deepEqual(statuses(one, {}), [429])
  const other = program({ rate, burst: 1 }, { rate, burst: 1 })
  assert.deepEqual(statuses(other, {}), [200])
})

test('a refused request is answered when all of it has come', () => {
  const one = program({ rate, burst: 1 })
  statuses(one, {})
  const session = one.open().feed(new MessageStart({ path: '/', headers: {} }), 'some', 'more')
  assert.deepEqual(session.output, [])
  assert.equal(session.feed(MESSAGE_ENDED).output.length, 2)
})

test('what is wrong with its arguments is told', () => {
  const make =
    (...limits: unknown[]) =>
    () => {
      pipy()
        .pipeline('a')
        .limitRate('app', ...(limits as RateLimitOptions[]))
    }
  assert.throws(make(), /argument #2 expects an object/)
  assert.throws(make({ rate }, 5), /argument #3 expects an object/)
  assert.throws(make({ rate: '5/x' }), /option rate must be a number per second, or a text such as/)
  assert.throws(make({ rate, burst: 0 }), /option burst must be a whole number from 1/)
  assert.throws(make({ rate, key: { field: 'a' } }), /a key is address, host, path, or one of/)
})
