import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Data } from '../../../src/engine/data.ts'
import { type MessageStart, SessionEnd } from '../../../src/engine/event.ts'
import { Message } from '../../../src/engine/message.ts'
import { Gates } from './support/gate.ts'
import { run, TestProgram } from './support/run.ts'

const CRLF = '\r\n'

describe('fork', () => {
  test('copies go through the target in the same context, everything passes', () => {
    const gates = new Gates()
    const program = new TestProgram((main) => gates.append(main.fork('x').pipeline('x')))
    const session = program.open()
    session.feed('raw', new Message({ a: 1 }, 'b'), new SessionEnd('ReadError'), 'late')
    const expected = [
      'Data "raw"',
      'MessageStart {"a":1}',
      'Data "b"',
      'MessageEnd',
      'SessionEnd ReadError',
    ]
    assert.deepEqual(gates.get(0).input, expected)
    assert.deepEqual(session.output, expected)
    assert.equal(gates.get(0).session.context, session.context)
  })

  test('a copy is processed completely before the event itself goes on', () => {
    const order: string[] = []
    run(
      (main) =>
        main
          .fork('x')
          .onData(() => order.push('main'))
          .pipeline('x')
          .onData(() => order.push('fork 1'))
          .onData(() => order.push('fork 2')),
      ['a', 'b'],
    )
    assert.deepEqual(order, ['fork 1', 'fork 2', 'main', 'fork 1', 'fork 2', 'main'])
  })

  test('its output goes nowhere', () => {
    const output = run((main) => main.fork('x').pipeline('x').replaceData(new SessionEnd()), ['a'])
    assert.deepEqual(output, ['Data "a"'])
  })

  const counts: [what: string, data: object | null | (() => object), count: number][] = [
    ['nothing', null, 1],
    ['an object', { a: 1 }, 1],
    ['a list', [1, 2, 3], 3],
    ['a function that returns a list', () => [1, 2], 2],
    ['an empty list', [], 0],
  ]
  for (const [what, data, count] of counts) {
    test(`${what} starts ${count} session(s), with the first event`, () => {
      const gates = new Gates()
      const program = new TestProgram((main) => gates.append(main.fork('x', data).pipeline('x')))
      const session = program.open()
      assert.equal(gates.all.length, 0)
      session.feed('a', 'b')
      assert.deepEqual(
        gates.all.map((gate) => gate.input),
        Array(count).fill(['Data "a"', 'Data "b"']),
      )
      assert.deepEqual(session.output, ['Data "a"', 'Data "b"'])
    })
  }

  test('changes of a copy are not seen by the others', () => {
    const output = run(
      (main) =>
        main
          .fork('x')
          .fork('x')
          .pipeline('x')
          .onMessageStart((event) => {
            const head = (event as MessageStart).head as { a: number; headers: { b?: number } }
            assert.equal(JSON.stringify(head), '{"a":1,"headers":{"b":2}}')
            head.a = 5
            delete head.headers.b
          })
          .onData((event) => (event as Data).push('!')),
      [new Message({ a: 1, headers: { b: 2 } }, 'c')],
    )
    assert.deepEqual(output, ['MessageStart {"a":1,"headers":{"b":2}}', 'Data "c"', 'MessageEnd'])
  })

  test('neither are changes of a head from the wire', () => {
    const lines = ['GET /x HTTP/1.1', 'Host: a', 'X-Y: z', 'X-Y: z2', '', '']
    const change = (value: string) => (event: unknown) => {
      const head = (event as MessageStart).head as { path: string; headers: Record<string, string> }
      assert.equal(head.headers['x-y'], value === 'first' ? 'z2' : 'main')
      head.headers['x-y'] = value
      head.path = `/${value}`
    }
    const program = new TestProgram((main) =>
      main
        .decodeHttpRequest()
        .fork('first')
        .onMessageStart((event) => {
          const head = (event as MessageStart).head as { headers: Record<string, string> }
          assert.equal(head.headers['x-y'], 'z2')
          head.headers['x-y'] = 'main'
        })
        .fork('second')
        .encodeHttpRequest()
        .pipeline('first')
        .onMessageStart(change('first'))
        .pipeline('second')
        .onMessageStart(change('second')),
    )
    const session = program.open().feed(lines.join(CRLF))
    assert.deepEqual(program.log, [])
    assert.equal(session.text(), ['GET /x HTTP/1.1', 'Host: a', 'X-Y: main', '', ''].join(CRLF))
  })

  test('a copy that is full for a moment holds up nobody, one that stays full does', () => {
    const gates = new Gates()
    const program = new TestProgram((main) => gates.append(main.fork('x').pipeline('x')))
    const session = program.open().feed('a')
    gates.get(0).session.pause()
    session.feed(new Data(1024 * 1024))
    assert.equal(session.pauses, 0)
    session.feed('b')
    assert.equal(session.pauses, 1)
    gates.get(0).session.resume()
    assert.equal(session.pauses, 0)
    gates.get(0).session.pause()
    session.feed(new Data(1024 * 1024 + 1))
    assert.equal(session.pauses, 1)
    session.free()
    assert.equal(session.pauses, 0)
    assert.equal(gates.get(0).isReset, true)
  })

  test('an error in the target is the target’s own', () => {
    const program = new TestProgram((main) =>
      main
        .fork('x')
        .pipeline('x')
        .onData(() => {
          throw new Error('oops')
        }),
    )
    assert.deepEqual(program.open().feed('a', 'b').output, ['Data "a"', 'Data "b"'])
    assert.deepEqual(program.log, ['error Error: oops'])
  })

  test('codecs in the target do not take those of the session for their partners', () => {
    const program = new TestProgram((main) =>
      main
        .decodeHttpRequest()
        .fork('x')
        .replaceMessage(new Message('main'))
        .encodeHttpResponse()
        .pipeline('x')
        .replaceMessage(new Message('fork'))
        .encodeHttpResponse(),
    )
    const session = program.open()
    session.feed(`GET / HTTP/1.1${CRLF}Host: a${CRLF}Connection: close${CRLF}${CRLF}`)
    assert.match(session.text(), /Connection: close[\s\S]*main$/)
    assert.equal(session.output.at(-1), 'SessionEnd')
  })

  test('arguments are checked', () => {
    assert.throws(() => run((main) => main.fork(1 as never), []), /argument #1 expects a string/)
    assert.throws(() => run((main) => main.fork('x', 1 as never), []), /argument #2 expects/)
    assert.throws(() => run((main) => main.fork('x'), []), /pipeline not found: x/)
  })
})
