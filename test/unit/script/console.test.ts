import assert from 'node:assert/strict'
import { it } from 'node:test'
import { createConsole } from '../../../src/script/console.ts'

it('console.log writes a prefixed line for every line of its joined arguments', () => {
  const lines: string[] = []
  const console = createConsole((level, line) => lines.push(`${level} ${line}`))
  console.log('a', 1, null, undefined, [1, 2], Object.create(null))
  console.log('one\ntwo', 'three')
  console.log()
  console.error('bad')
  assert.deepEqual(lines, [
    'info [pjs] a 1 null undefined 1,2 [object Object]',
    'info [pjs] one',
    'info [pjs] two three',
    'info [pjs] ',
    'error [pjs] bad',
  ])
})
