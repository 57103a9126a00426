import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Data } from '../../../src/engine/data.ts'
import { MESSAGE_START, type MessageStart, SessionEnd } from '../../../src/engine/event.ts'
import { CALL, EVENT, frame, frameData, REQUEST, TWO_WAY } from '../../support/dubbo-frames.ts'
import { END, run, start, TestProgram } from './support/run.ts'

function head(id: string, status: number, flags: number): string {
  const fields = {
    id,
    status,
    isRequest: (flags & REQUEST) !== 0,
    isTwoWay: (flags & TWO_WAY) !== 0,
    isEvent: (flags & EVENT) !== 0,
  }
  return `MessageStart ${JSON.stringify(fields)}`
}

describe('decodeDubbo', () => {
  test('a message becomes its head, its body and its end', () => {
    assert.deepEqual(
      run((p) => p.decodeDubbo(), [frameData(frame(CALL, 1, 'hello'))]),
      [head('1', 0, CALL), 'Data "hello"', 'MessageEnd'],
    )
  })

  test('an empty body is no Data', () => {
    assert.deepEqual(
      run((p) => p.decodeDubbo(), [frameData(frame(2, 1, '', 20), frame(2, 2, '', 20))]),
      [head('1', 20, 2), 'MessageEnd', head('2', 20, 2), 'MessageEnd'],
    )
  })

  test('every flag', () => {
    for (let flags = 0; flags < 256; flags++) {
      const output = run((p) => p.decodeDubbo(), [frameData(frame(flags, 7, 'x'))])
      assert.equal(output[0], head('7', 0, flags))
    }
  })

  test('ids of 64 bits are exact and have a sign, and so has the status', () => {
    for (const id of [
      0n,
      2n ** 31n,
      2n ** 32n,
      2n ** 53n + 1n,
      2n ** 63n - 1n,
      -1n,
      -(2n ** 63n),
    ]) {
      const output = run((p) => p.decodeDubbo(), [frameData(frame(2, id, '', 200))])
      assert.equal(output[0], head(String(id), 200 - 256, 2))
    }
  })

  test('however the bytes are cut, the messages are the same', () => {
    const bytes = Buffer.concat([frame(CALL, 1, 'first'), frame(CALL, 2), frame(2, 3, 'third', 20)])
    const texts = (pieces: Buffer[]): string[] => {
      const events = pieces.map((piece) => Data.fromBytes(piece))
      const joined: string[] = []
      for (const line of run((p) => p.decodeDubbo(), events)) {
        const last = joined[joined.length - 1]
        if (line.startsWith('Data') && last?.startsWith('Data')) {
          joined[joined.length - 1] = `${last.slice(0, -1)}${line.slice(6)}`
        } else joined.push(line)
      }
      return joined
    }
    const whole = texts([bytes])
    assert.equal(whole.length, 8)
    for (let cut = 1; cut < bytes.length; cut++) {
      assert.deepEqual(texts([bytes.subarray(0, cut), bytes.subarray(cut)]), whole, `cut at ${cut}`)
    }
    assert.deepEqual(texts(Array.from(bytes, (byte) => Buffer.of(byte))), whole)
  })

  test('other events than Data and SessionEnd are swallowed', () => {
    assert.deepEqual(
      run(
        (p) => p.decodeDubbo(),
        [start({}), frameData(frame(2, 1, '', 20)), END, new SessionEnd()],
      ),
      [head('1', 20, 2), 'MessageEnd', 'SessionEnd'],
    )
  })

  test('another magic ends the session', () => {
    const bytes = frameData(frame(CALL, 1, 'x'), Buffer.from('GET / HTTP/1.1\r\n\r\n'))
    assert.deepEqual(
      run((p) => p.decodeDubbo(), [bytes, frameData(frame(CALL, 2))]),
      [head('1', 0, CALL), 'Data "x"', 'MessageEnd', 'SessionEnd ProtocolError'],
    )
  })

  test('a body above the limit, or of negative length, ends the session', () => {
    for (const length of ['00800001', 'ffffffff']) {
      const bytes = Buffer.from(`dabbc200${'0'.repeat(16)}${length}`, 'hex')
      const output = run((p) => p.decodeDubbo(), [Data.fromBytes(bytes)])
      assert.deepEqual(output, ['SessionEnd ProtocolError'])
    }
  })

  test('the end of the stream inside a message is an error', () => {
    const cut = Data.fromBytes(frame(CALL, 1, 'hello').subarray(0, 18))
    const output = run((p) => p.decodeDubbo(), [cut, new SessionEnd()])
    assert.equal(output[output.length - 1], 'SessionEnd ReadError')
  })

  test('the head is an object that scripts may change', () => {
    const session = new TestProgram((p) => p.decodeDubbo()).open()
    session.feed(frameData(frame(CALL, 5)))
    const event = session.events.find((one) => one.kind === MESSAGE_START) as MessageStart
    const seen = event.head as { id: string }
    seen.id = '6'
    assert.equal(event.head, seen)
  })

  test('a pooled session starts anew', () => {
    const program = new TestProgram((p) => p.decodeDubbo())
    const first = program.open()
    first.feed(Data.fromBytes(frame(CALL, 1, 'hello').subarray(0, 10)))
    first.free()
    const second = program.open().feed(frameData(frame(CALL, 2)))
    assert.deepEqual(second.output, [head('2', 0, CALL), 'MessageEnd'])
  })
})
