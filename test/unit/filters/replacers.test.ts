import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Data } from '../../../src/engine/data.ts'
import { type Event, MessageEnd, MessageStart, SessionEnd } from '../../../src/engine/event.ts'
import { Message } from '../../../src/engine/message.ts'
import { END, describe as line, run, type Spec, start, TestProgram } from './support/run.ts'

type Make = (event: Event) => Event | Message | null | undefined | (Event | null)[]

/** The event that a filter replaces, and the place of it in the output. */
const filters: [name: string, spec: (f?: Make | Event | null) => Spec, at: number][] = [
  ['replaceSessionStart', (f) => (p) => p.replaceSessionStart(f as Make), 0],
  ['replaceData', (f) => (p) => p.replaceData(f as Make), 2],
  ['replaceMessageStart', (f) => (p) => p.replaceMessageStart(f as Make), 1],
  ['replaceMessageEnd', (f) => (p) => p.replaceMessageEnd(f as Make), 3],
  ['replaceSessionEnd', (f) => (p) => p.replaceSessionEnd(f as Make), 4],
]
const inputs = (): (Event | string)[] => [
  new MessageEnd(),
  start({ a: 1 }),
  'body',
  END,
  new SessionEnd('ReadError'),
]
const passed = [
  'MessageEnd',
  'MessageStart {"a":1}',
  'Data "body"',
  'MessageEnd',
  'SessionEnd ReadError',
]

for (const [name, spec, at] of filters) {
  // The end of a message comes twice in the input.
  const places = name === 'replaceMessageEnd' ? [0, 3] : [at]
  const replaced = (lines: string[]): string[] =>
    passed.flatMap((one, i) => (places.includes(i) ? lines : [one]))

  describe(name, () => {
    test('without argument drops its event, the others pass', () => {
      assert.deepEqual(run(spec(), inputs()), replaced([]))
    })

    test('a constant takes its place', () => {
      assert.deepEqual(run(spec(new Data('x')), inputs()), replaced(['Data "x"']))
    })

    test('a function receives the event', () => {
      const seen: string[] = []
      const output = run(
        spec((event) => {
          seen.push(line(event))
          return event
        }),
        inputs(),
      )
      assert.deepEqual(output, passed)
      assert.deepEqual(
        seen,
        places.map((place) => passed[place]),
      )
    })

    test('a list or a message takes its place', () => {
      assert.deepEqual(
        run(
          spec(() => [new Data('x'), null, new MessageEnd()]),
          inputs(),
        ),
        replaced(['Data "x"', 'MessageEnd']),
      )
      assert.deepEqual(
        run(
          spec(() => new Message('x')),
          inputs(),
        ),
        replaced(['MessageStart', 'Data "x"', 'MessageEnd']),
      )
    })

    test('a function that throws ends the session', () => {
      const program = new TestProgram(
        spec(() => {
          throw new Error('oops')
        }),
      )
      assert.equal(
        program
          .open()
          .feed(...inputs())
          .output.includes('SessionEnd RuntimeError'),
        true,
      )
      assert.deepEqual(program.log.slice(0, 1), ['error Error: oops'])
    })

    test('begins anew with a reused session', () => {
      const program = new TestProgram(spec())
      program
        .open()
        .feed(...inputs())
        .free()
      assert.deepEqual(program.open().feed(...inputs()).output, replaced([]))
    })
  })
}

describe('bodies made longer go out with the right length', () => {
  const response = 'HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok'
  const specs: [name: string, spec: Spec, body: string][] = [
    ['replaceData', (p) => p.replaceData((data) => new Data(`<${data}>`)), '<ok>'],
    ['replaceMessageEnd', (p) => p.replaceMessageEnd((end) => [new Data('!'), end]), 'ok!'],
    ['replaceMessageStart', (p) => p.replaceMessageStart((s) => [s, new Data('!')]), '!ok'],
    ['replaceMessageBody', (p) => p.replaceMessageBody((body) => new Data(`<${body}>`)), '<ok>'],
  ]
  for (const [name, spec, body] of specs) {
    test(name, () => {
      const program = new TestProgram((p) => spec(p.decodeHttpResponse()).encodeHttpResponse())
      const text = program.open().feed(response).text()
      assert.ok(text.includes(`Content-Length: ${body.length}`), text)
      assert.ok(text.endsWith(`\r\n\r\n${body}`), text)
    })
  }

  test('replaceMessageStart by the same event keeps the length, so that the body streams', () => {
    const program = new TestProgram((p) =>
      p
        .decodeHttpResponse()
        .replaceMessageStart((event) => event)
        .encodeHttpResponse(),
    )
    const session = program.open().feed(response.slice(0, -1))
    assert.ok(session.text().includes('Content-Length: 2'))
  })
})

describe('replaceMessageBody', () => {
  test('the whole body, at the end of the message', () => {
    assert.deepEqual(
      run(
        (p) => p.replaceMessageBody((body) => new Data(`<${body}>`)),
        ['raw', start(), 'a', 'b', END],
      ),
      ['Data "raw"', 'MessageStart', 'Data "<ab>"', 'MessageEnd'],
    )
  })

  test('of a message without body it is empty, of an end without message null', () => {
    const seen: unknown[] = []
    const spec: Spec = (p) => p.replaceMessageBody((body) => void seen.push(body?.size ?? null))
    assert.deepEqual(run(spec, [start(), END, END]), ['MessageStart', 'MessageEnd', 'MessageEnd'])
    assert.deepEqual(seen, [0, null])
  })

  test('a constant, and nothing', () => {
    const body = ['MessageStart', 'Data "x"', 'MessageEnd']
    assert.deepEqual(
      run((p) => p.replaceMessageBody(new Data('x')), [new Message('a')]),
      body,
    )
    assert.deepEqual(
      run((p) => p.replaceMessageBody(), [new Message('a')]),
      ['MessageStart', 'MessageEnd'],
    )
  })

  test('a function that throws ends the session; the end of the message does not follow', () => {
    const output = run(
      (p) =>
        p.replaceMessageBody(() => {
          throw new Error('oops')
        }),
      [new Message('a')],
    )
    assert.deepEqual(output, ['MessageStart', 'SessionEnd RuntimeError'])
  })
})

describe('replacements are events, not copies of them', () => {
  test('one constant serves many sessions', () => {
    const program = new TestProgram((p) => p.replaceData(new MessageStart({ a: 1 })))
    for (let i = 0; i < 3; i++) {
      assert.deepEqual(program.open().feed('x').output, ['MessageStart {"a":1}'])
    }
  })
})
