import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Text } from '@codemirror/state'
import type { Problem } from '../../../src/admin/gui/contract.ts'
import { guiModule } from '../../support/gui-module.ts'

interface Diagnostic {
  readonly from: number
  readonly to: number
}

const { diagnosticsOf } = await guiModule<{
  diagnosticsOf: (text: Text, problems: readonly Problem[]) => Diagnostic[]
}>('editor/diagnostics.ts')

const text = Text.of(['pipy()', '', '.listen(6080)', '  .dmux(x)'])

const PROBLEM: Problem = {
  severity: 'error',
  message: 'wrong',
  path: '/x.js',
  line: 0,
  column: 0,
}

/** The part of the text that is underlined for a problem. */
function underlined(place: Partial<Problem>): string {
  const [found] = diagnosticsOf(text, [{ ...PROBLEM, ...place }])
  assert.ok(found)
  return text.sliceString(found.from, found.to)
}

test('a problem with an end is underlined up to it', () => {
  assert.equal(underlined({ line: 3, column: 2, endLine: 3, endColumn: 14 }), 'listen(6080)')
  assert.equal(underlined({ line: 1, column: 1, endLine: 3, endColumn: 2 }), 'pipy()\n\n.')
})

test('without an end it is the word, or what there is', () => {
  assert.equal(underlined({ line: 4, column: 4 }), 'dmux')
  assert.equal(underlined({ line: 3, column: 8 }), '(6080)')
})

test('a place beyond the text is the nearest in it', () => {
  assert.equal(underlined({ line: 99, column: 4 }), 'dmux')
  assert.equal(underlined({ line: 0, column: 0 }), 'pipy')
})

test('where there is nothing, it is the character before', () => {
  assert.equal(underlined({ line: 1, column: 99 }), ')')
  assert.equal(underlined({ line: 2, column: 1 }), ')')
  assert.equal(underlined({ line: 3, column: 5, endLine: 1, endColumn: 1 }), 's')
  assert.deepEqual(diagnosticsOf(Text.of(['']), [PROBLEM])[0]?.to, 0)
})
