import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { compileModule } from '../../../../src/program/script/compile-module.ts'
import { evaluateModule } from '../../../../src/program/script/instantiate.ts'
import { describeRuntimeError } from '../../../../src/program/script/runtime-error.ts'

function describeThrown(text: string, globals: Record<string, unknown> = {}): string[] {
  const compiled = compileModule({
    path: '/lib/a:b (c).js',
    text,
    extraGlobals: Object.keys(globals),
  })
  try {
    const value = evaluateModule(compiled, globals)
    if (typeof value === 'function') value()
  } catch (error) {
    return describeRuntimeError(error, [compiled])
  }
  return []
}

describe('the description of a runtime error', () => {
  it('shows the line of the script, the message and the calls', () => {
    const lines = describeThrown(`(() => {
  let a, b = []
  function inner(x) { a++; b[a] += 1; return x.missing.name }
  return () => inner({})
})()`)
    assert.deepEqual(lines, [
      '[pjs] Line 3:    function inner(x) { a++; b[a] += 1; return x.missing.name }',
      `[pjs] ${' '.repeat('Line 3:  '.length + 55)}^`,
      "[pjs] Error: Cannot read properties of undefined (reading 'name')",
      '[pjs] Backtrace:',
      '    In inner at line 3 column 56 in /lib/a:b (c).js',
      '    In (anonymous) at line 4 column 16 in /lib/a:b (c).js',
    ])
  })

  it('finds the column behind rewritten names on the first line', () => {
    const [, caret] = describeThrown('this.x')
    assert.equal(caret?.indexOf('^'), '[pjs] Line 1:  '.length + 5)
  })

  it('leaves out the frames of the engine', () => {
    const lines = describeThrown('[1].map(() => fail())', {
      fail: () => {
        throw new TypeError('argument #1 expects a number')
      },
    })
    assert.equal(lines[2], '[pjs] Error: argument #1 expects a number')
    assert.equal(lines.length, 6)
  })

  it('copes with whatever is thrown', () => {
    assert.deepEqual(describeRuntimeError('text', []), ['[pjs] Error: text'])
    assert.deepEqual(describeRuntimeError(undefined, []), ['[pjs] Error: undefined'])
    assert.deepEqual(describeRuntimeError(Object.create(null), []), ['[pjs] Error: unknown error'])
    assert.deepEqual(describeRuntimeError(new RangeError(), []), ['[pjs] Error: RangeError'])
  })
})
