import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { FilterDoc, GlobalDoc, Registry } from '../../../src/admin/gui/contract.ts'
import { guiModule } from '../../support/gui-module.ts'

interface Found {
  readonly type: string
  readonly owner?: string
  readonly doc: { readonly name: string }
}

const { candidates, explain, wordBefore } = await guiModule<{
  candidates: (registry: Registry, before: string) => Found[]
  explain: (registry: Registry, before: string, word: string) => Found | undefined
  wordBefore: (before: string) => string | undefined
}>('editor/lookup.ts')

function filter(name: string): FilterDoc {
  return { name, signature: name, doc: '', isExtension: false, parameters: [] }
}

function global(name: string, kind: GlobalDoc['kind'], members: GlobalDoc[] = []): GlobalDoc {
  return { name, kind, signature: name, doc: '', members }
}

const registry: Registry = {
  filters: [filter('decodeHttpRequest'), filter('link')],
  entries: [filter('listen')],
  globals: [
    global('algo', 'object', [global('URLRouter', 'class', [global('find', 'function')])]),
    global('Data', 'class', [global('size', 'value')]),
    global('pipy', 'function'),
  ],
  errors: [],
  declarations: '',
}

function names(before: string): string[] {
  return candidates(registry, before).map((one) => one.doc.name)
}

test('behind a bracket or at the beginning of a line a dot leads to filters first', () => {
  for (const before of ['pipy()\n\n.', 'pipy()\n  .list', '  .', "link('a')."])
    assert.deepEqual(names(before).slice(0, 3), ['listen', 'decodeHttpRequest', 'link'], before)
})

test('behind an object that is known there are its members', () => {
  assert.deepEqual(names('new algo.'), ['URLRouter'])
  assert.deepEqual(names('algo.URL'), ['URLRouter'])
})

test('behind any other name there are the members of all classes', () => {
  assert.deepEqual(names('_router.'), ['find', 'size'])
  assert.deepEqual(names('_router?.'), ['find', 'size'])
})

test('without a dot there are the globals', () => {
  assert.deepEqual(names('new Da'), ['algo', 'Data', 'pipy'])
})

test('a word means what can stand in its place', () => {
  assert.equal(explain(registry, 'pipy()\n.', 'link')?.type, 'filter')
  assert.equal(explain(registry, 'algo.', 'URLRouter')?.owner, 'algo')
  assert.equal(explain(registry, '_router.', 'find')?.owner, 'URLRouter')
  assert.equal(explain(registry, '', 'Data')?.type, 'global')
  assert.equal(explain(registry, '', 'link'), undefined)
})

test('only names and what follows a dot are completed', () => {
  assert.equal(wordBefore('x = '), undefined)
  assert.equal(wordBefore('x = Da'), 'Da')
  assert.equal(wordBefore('algo.'), '')
  assert.equal(wordBefore('algo.UR'), 'UR')
  assert.equal(wordBefore('12'), undefined)
})
