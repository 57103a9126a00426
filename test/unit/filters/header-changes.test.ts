import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MessageStart } from '../../../src/engine/event.ts'
import { Message } from '../../../src/engine/message.ts'
import { HeadEditor, type HeaderChanges } from '../../../src/filters/http/header-changes.ts'
import { TestProgram } from './support/run.ts'

function edit(changes: HeaderChanges, headers: Record<string, unknown> | undefined): unknown {
  const start = new MessageStart(headers === undefined ? {} : { headers })
  new HeadEditor(changes).edit(start)
  return (start.head as { headers: unknown }).headers
}

test('names are the same in any letter case', () => {
  assert.deepEqual(edit({ set: { 'X-A': '1' } }, { 'x-A': '0' }), { 'x-A': '1' })
  assert.deepEqual(edit({ remove: ['X-A'] }, { 'x-A': '0', b: '1' }), { b: '1' })
  assert.deepEqual(edit({ add: { 'X-A': '1' } }, { 'X-a': '0' }), { 'X-a': ['0', '1'] })
})

test('a field is added to several, to one, and to none', () => {
  assert.deepEqual(edit({ add: { a: '3' } }, { a: ['1', '2'] }), { a: ['1', '2', '3'] })
  assert.deepEqual(edit({ add: { a: '3' } }, { a: null }), { a: '3' })
  assert.deepEqual(edit({ add: { a: '3' } }, undefined), { a: '3' })
})

test('what is removed can be set anew', () => {
  assert.deepEqual(edit({ remove: ['a'], set: { a: '2' } }, { a: '1' }), { a: '2' })
})

test('a constant of a script stays what it is', () => {
  const constant = new Message({ status: 200, headers: { b: '1' } })
  const program = new TestProgram((p) =>
    p.replaceMessage(constant).changeResponse({ add: { b: '2' } }),
  )
  const once = program.open().feed(constant).output
  assert.deepEqual(program.open().feed(constant).output, once)
  assert.deepEqual(constant.head, { status: 200, headers: { b: '1' } })
})

test('whatever a script has put where the fields should be', () => {
  for (const headers of [5, 'text', null]) {
    const start = new MessageStart({ headers })
    new HeadEditor({ set: { a: '1' } }).edit(start)
    assert.deepEqual(start.head, { headers: { a: '1' } })
  }
})

test('an answer that stands for a failure has no head to change', () => {
  const start = new MessageStart()
  new HeadEditor({ set: { a: '1' } }).edit(start)
  assert.equal(start.head, null)
})

const REFUSED: readonly [changes: HeaderChanges, message: RegExp][] = [
  [{ set: { 'a b': '1' } }, /invalid header name: "a b"/],
  [{ set: { a: '1\r\nb: 2' } }, /the value has a control character/],
  [{ add: { 'Content-Length': '1' } }, /Content-Length belongs to the connection/],
  [{ remove: ['transfer-encoding'] }, /transfer-encoding belongs to the connection/],
  [{ set: { a: 1 as unknown as string } }, /the value is not a text/],
]

for (const [changes, message] of REFUSED)
  test(`refuses ${JSON.stringify(changes)}`, () =>
    assert.throws(() => new HeadEditor(changes), message))
