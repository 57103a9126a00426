import assert from 'node:assert/strict'
import { test } from 'node:test'
import { renderFilterHelp, renderFilterList } from '../../../src/cli/filter-list.ts'
import type { FilterDefinition } from '../../../src/engine/definition.ts'

function plan(): never {
  throw new Error('not for running')
}

const FILTERS: readonly FilterDefinition[] = [
  {
    name: 'connect',
    description: 'Connects to somewhere',
    parameters: [
      { name: 'target', type: 'string', doc: 'Where to' },
      { name: 'options', type: 'object', doc: 'How', isOptional: true },
    ],
    plan,
  },
  {
    name: 'use',
    description: 'Uses another',
    parameters: [{ name: 'argv', type: 'unknown', doc: 'What for', isRest: true }],
    plan,
  },
]

test('lists filters in columns', () => {
  assert.equal(
    renderFilterList(FILTERS),
    [
      '',
      'connect(target[, options])   Connects to somewhere',
      'use    (...argv)             Uses another',
      '',
      '',
    ].join('\n'),
  )
})

test('explains filters and their parameters', () => {
  assert.equal(
    renderFilterHelp(FILTERS.slice(0, 1)),
    [
      '',
      'connect(target[, options])',
      '==========================',
      '',
      '  Connects to somewhere',
      '',
      '  target  - Where to',
      '  options - How',
      '',
      '',
      '',
    ].join('\n'),
  )
})
