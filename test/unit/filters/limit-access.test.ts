import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Message } from '../../../src/engine/message.ts'
import type { AccessRules } from '../../../src/net/access.ts'
import { type Builder, pipy } from '../../../src/program/configuration.ts'
import { type Input, TestProgram } from './support/run.ts'

/** What comes out when a client of an address sends something. */
function outputFor(rules: AccessRules, remoteAddress: string, input: Input): string[] {
  const program = new TestProgram((main: Builder) => main.limitAccess('app', rules).pipeline('app'))
  const inbound = { id: 1, remoteAddress, remotePort: 1, localAddress: '', localPort: 1 }
  const context = program.runtime.createContext(inbound as never)
  const { output } = program.open('main', context).feed(input)
  return output.map((line) => line.replace(/"date":"[^"]+ GMT"/, '"date":"…"'))
}

const REQUEST = new Message({ path: '/' })
const PASSED = ['MessageStart {"path":"/"}', 'MessageEnd']
const REFUSED = ['MessageStart {"status":403,"headers":{"date":"…"}}', 'MessageEnd']

test('requests pass by the address of their client', () => {
  const cases: [AccessRules, string, string[]][] = [
    [{}, '1.2.3.4', PASSED],
    [{ deny: ['1.2.3.0/24'] }, '1.2.3.4', REFUSED],
    [{ deny: ['1.2.3.0/24'] }, '::ffff:1.2.3.4', REFUSED],
    [{ deny: ['1.2.3.0/24'] }, '1.2.4.4', PASSED],
    [{ allow: ['fd00::/8'] }, 'fd00::1', PASSED],
    [{ allow: ['fd00::/8'] }, '1.2.3.4', REFUSED],
    [{ allow: [] }, '1.2.3.4', REFUSED],
    [{ allow: ['1.2.0.0/16'], deny: ['1.2.3.4'] }, '1.2.3.4', REFUSED],
    [{ allow: ['1.2.0.0/16'], deny: ['1.2.3.4'] }, '1.2.3.5', PASSED],
    // A Unix socket.
    [{ allow: ['1.2.0.0/16'] }, '', PASSED],
  ]
  for (const [rules, address, expected] of cases) {
    assert.deepEqual(outputFor(rules, address, REQUEST), expected, JSON.stringify([rules, address]))
  }
})

test('without messages, a session passes or ends', () => {
  assert.deepEqual(outputFor({ deny: ['1.2.3.4'] }, '1.2.3.4', 'bytes'), ['SessionEnd'])
  assert.deepEqual(outputFor({ deny: ['1.2.3.4'] }, '1.2.3.5', 'bytes'), ['Data "bytes"'])
})

test('what is wrong with its arguments is told', () => {
  const make = (rules: unknown) => () => {
    pipy()
      .pipeline('a')
      .limitAccess('app', rules as AccessRules)
  }
  assert.throws(make(undefined), /argument #2 must be an object/)
  assert.throws(make({ allowed: [] }), /there is no argument #2.allowed/)
  assert.throws(make({ allow: '10.0.0.0/8' }), /argument #2.allow must be an array/)
  assert.throws(
    make({ deny: ['10.0.0.0/33'] }),
    /an address, or a network such as .*, not 10.0.0.0\/33/,
  )
})
