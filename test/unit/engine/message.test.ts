import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Data } from '../../../src/engine/data.ts'
import { type Event, MessageStart } from '../../../src/engine/event.ts'
import { Message } from '../../../src/engine/message.ts'
import { describe as line } from '../filters/support/run.ts'

describe('Message', () => {
  const body = new Data('x')
  const head = { status: 404 }
  const forms: [form: string, message: Message, head: object | null, body: string | null][] = [
    ['()', new Message(), null, null],
    ['(null)', new Message(null), null, null],
    ['(text)', new Message('x'), null, 'x'],
    ['(Data)', new Message(body), null, 'x'],
    ['(head)', new Message(head), head, null],
    ['(head, text)', new Message(head, 'x'), head, 'x'],
    ['(head, Data)', new Message(head, body), head, 'x'],
    ['(head, null)', new Message(head, null), head, null],
  ]
  for (const [form, message, expectedHead, expectedBody] of forms) {
    test(`new Message${form}`, () => {
      assert.equal(message.head, expectedHead)
      assert.equal(message.body?.toString() ?? null, expectedBody)
    })
  }

  test('what it cannot be made of is named', () => {
    assert.throws(() => new Message(1 as never), /argument #1 expects/)
    assert.throws(() => new Message({}, 1 as never), /argument #2 expects/)
    assert.throws(() => new MessageStart(1 as never), /argument #1 expects an object/)
  })

  const events: [message: Message, lines: string[]][] = [
    [new Message(), ['MessageStart', 'MessageEnd']],
    [new Message(''), ['MessageStart', 'MessageEnd']],
    [new Message('x'), ['MessageStart', 'Data "x"', 'MessageEnd']],
    [new Message(head, 'x'), ['MessageStart {"status":404}', 'Data "x"', 'MessageEnd']],
  ]
  for (const [message, expected] of events) {
    test(`stands for ${expected.join(', ')}`, () => {
      const seen: Event[] = []
      message.emitTo((event) => seen.push(event))
      assert.deepEqual(seen.map(line), expected)
    })
  }
})
