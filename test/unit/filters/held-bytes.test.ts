import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Data } from '../../../src/engine/data.ts'
import { MessageStart, SessionEnd } from '../../../src/engine/event.ts'
import { Message } from '../../../src/engine/message.ts'
import { END, type Spec, TestProgram } from './support/run.ts'

const PIECE = new Data('x'.repeat(8 * 1024 * 1024))
/** Sessions that together hold all that a program may hold. */
const SESSIONS = 256 / 8

const replaceMessage: Spec = (p) =>
  p.replaceMessage(({ body }: Message) => new Message(`${body?.size} bytes`))

const HOLDERS: Readonly<Record<string, Spec>> = {
  wait: (p) => p.wait(() => false),
  replaceMessage,
}

describe('what all sessions hold', () => {
  for (const [name, spec] of Object.entries(HOLDERS)) {
    test(`${name}: has a limit, which ends the one that exceeds it and no other`, () => {
      const program = new TestProgram(spec)
      const sessions = Array.from({ length: SESSIONS }, () =>
        program.open().feed(new MessageStart(), new Data(PIECE)),
      )
      const one = program.open().feed(new MessageStart(), new Data(PIECE))
      assert.deepEqual(one.output, ['SessionEnd BufferOverflow'])
      for (const session of sessions) assert.deepEqual(session.output, [])
    })
  }

  test('is free again when a message is over', () => {
    const program = new TestProgram(replaceMessage)
    for (let i = 0; i < 2 * SESSIONS; i++) {
      const { output } = program.open().feed(new MessageStart(), new Data(PIECE), END)
      assert.deepEqual(output, ['MessageStart', 'Data "8388608 bytes"', 'MessageEnd'])
    }
    assert.equal(program.runtime.held.size, 0)
  })

  test('is free again when a session has ended before its message', () => {
    const program = new TestProgram(replaceMessage)
    for (let i = 0; i < 2 * SESSIONS; i++) {
      program.open().feed(new MessageStart(), new Data(PIECE), new SessionEnd())
    }
    assert.equal(program.runtime.held.size, 0)
  })
})
