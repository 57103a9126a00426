import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Data } from '../../../src/engine/data.ts'
import { scriptJson } from '../../../src/script/json.ts'

describe('JSON', () => {
  it('parses text and bytes; what is not valid is undefined', () => {
    assert.deepEqual(scriptJson.parse('{"a":[1,null]}'), { a: [1, null] })
    assert.deepEqual(scriptJson.decode(new Data('[true]')), [true])
    assert.equal(scriptJson.parse('{'), undefined)
    assert.equal(scriptJson.decode(new Data()), undefined)
    assert.throws(() => scriptJson.parse(1 as never), { message: 'argument #1 expects a string' })
    assert.throws(() => scriptJson.decode('1' as never), {
      message: 'argument #1 expects an instance of Data',
    })
  })

  it('leaves out what JSON has no form of', () => {
    const value = { a: undefined, f: () => 1, n: Number.NaN, list: [undefined, () => 1] }
    assert.equal(scriptJson.stringify(value), '{"n":null,"list":[null,null]}')
    assert.equal(scriptJson.stringify(undefined), undefined)
    assert.equal(scriptJson.encode(undefined).toString(), 'null')
  })

  it('indents by at most ten spaces', () => {
    assert.equal(scriptJson.stringify({ a: 1 }, null, 2), '{\n  "a": 1\n}')
    assert.equal(scriptJson.stringify([1], null, 99), `[\n${' '.repeat(10)}1\n]`)
    assert.equal(scriptJson.encode([1], null, -1).toString(), '[1]')
    assert.throws(() => scriptJson.stringify(1, null, '2' as never), /argument #3 expects a number/)
  })

  it('calls the replacer with key, value and holder, the root without key and holder', () => {
    const calls: unknown[] = []
    const value = { a: [5] }
    const text = scriptJson.stringify(value, (key, member, holder) => {
      calls.push([key, holder])
      return member === 5 ? 6 : member
    })
    assert.equal(text, '{"a":[6]}')
    assert.deepEqual(calls, [
      [undefined, null],
      ['a', value],
      ['0', value.a],
    ])
    assert.throws(() => scriptJson.stringify(1, {} as never), /argument #2 expects a function/)
  })

  it('writes control characters as JSON wants them', () => {
    assert.equal(scriptJson.stringify('\x07\x0b\x01'), '"\\u0007\\u000b\\u0001"')
  })

  it('keeps all digits of a BigInt, and refuses cycles', () => {
    assert.equal(scriptJson.stringify([2n ** 60n]), '["1152921504606846976"]')
    const cycle: unknown[] = []
    cycle.push(cycle)
    assert.throws(() => scriptJson.stringify(cycle), TypeError)
  })
})
