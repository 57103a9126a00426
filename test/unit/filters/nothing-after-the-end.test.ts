import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Data } from '../../../src/engine/data.ts'
import { SessionEnd } from '../../../src/engine/event.ts'
import { Message } from '../../../src/engine/message.ts'
import { Gates } from './support/gate.ts'
import { END, run, type Spec, start, TestProgram } from './support/run.ts'

const CRLF = '\r\n\r\n'
const GET = `GET / HTTP/1.1\r\nHost: a${CRLF}`
const fails: Spec = (p) =>
  p.onData(() => {
    throw new Error('on purpose')
  })

/** Feeds a pipeline and checks that at most one `SessionEnd` comes out, as the last event. */
function check(spec: Spec, inputs: Parameters<typeof run>[1], expectedEnd?: string): void {
  const output = run(spec, inputs)
  const ends = output.filter((line) => line.startsWith('SessionEnd'))
  assert.equal(ends.length, 1, output.join('\n'))
  assert.equal(output.at(-1), ends[0])
  if (expectedEnd !== undefined) assert.equal(ends[0], expectedEnd)
}

test('a callback that fails while a message is let go in one piece', () => {
  let isOpen = false
  const spec: Spec = (p) => fails(p.wait(() => isOpen))
  const session = new TestProgram(spec).open().feed(start(), new Data('x'))
  isOpen = true
  session.feed(END)
  assert.deepEqual(session.output, ['MessageStart', 'SessionEnd RuntimeError'])
  check((p) => fails(p.replaceMessage([new Message('a'), new Message('b')])), [new Message('x')])
  check((p) => fails(p.encodeDubbo()), [new Message('x')])
})

test('a session that failed is whole again in its next life', () => {
  const program = new TestProgram((p) => fails(p.print()))
  program.open().feed(new Data('x'), new Data('y')).free()
  assert.deepEqual(program.open().feed(start(), END).output, ['MessageStart', 'MessageEnd'])
})

test('an end that a script puts out', () => {
  check((p) => p.replaceMessageStart(() => new SessionEnd()), [new Message('x')])
  check((p) => p.print().replaceData([new SessionEnd(), new Data('y')]), [new Message('x')])
  check((p) => p.replaceMessageBody(new SessionEnd()), [new Message('x'), new Message('y')])
})

test('bytes that are no request, with nobody to answer', () => {
  check((p) => p.decodeHttpRequest(), [`rubbish${CRLF}`], 'SessionEnd ProtocolError')
})

test('an error that comes when a connection has failed', () => {
  const end = new SessionEnd('ProtocolError')
  check((p) => p.connect('unix:/no/such/socket'), ['x', end])
})

test('messages of which encoders have held the body', () => {
  check((p) => p.encodeHttpRequest(), [start(), new SessionEnd()])
  check((p) => p.encodeHttpResponse(), [start(), new SessionEnd()])
  check(
    (p) => p.decodeHttpRequest().replaceSessionEnd(start()).encodeHttpResponse(),
    [new SessionEnd()],
  )
})

test('several messages of one mux whose session breaks', () => {
  const gates = new Gates()
  const program = new TestProgram((p) => gates.append(p.mux('x').pipeline('x')))
  const session = program.open().feed(new Message('a'), new Message('b'))
  gates.get(0).emit(new SessionEnd('ProtocolError'))
  assert.deepEqual(session.output, ['SessionEnd ProtocolError'])
})

test('an encoder whose session is pooled is not told of the end of another', () => {
  const spec: Spec = (p) => p.decodeHttpRequest().demux('x').pipeline('x').encodeHttpResponse()
  const program = new TestProgram(spec)
  const first = program.open().feed(GET, new SessionEnd())
  const expected = first.take().slice(0, 1)
  first.free()
  assert.deepEqual(program.open().feed(GET).take().slice(0, 1), expected)
})

test('encodeHttpResponse does not connect before it has something to send', () => {
  assert.deepEqual(
    run((p) => p.encodeHttpResponse().connect('unix:/no/such/socket'), []),
    [],
  )
})
