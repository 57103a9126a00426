import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hintFor, suggest } from '../../../src/config/suggest.ts'

const WORDS = ['listeners', 'upstreams', 'routes', 'address']

for (const [given, word] of [
  ['listenrs', 'listeners'],
  ['Adress', 'address'],
  ['rotues', 'routes'],
  ['upstream', 'upstreams'],
] as const)
  test(`${given} is ${word}`, () => assert.equal(suggest(given, WORDS), word))

test('what is like nothing is nothing', () => assert.equal(suggest('frontend', WORDS), undefined))

test('lists the words where none is near', () => {
  assert.equal(hintFor('x', ['a1', 'b1']), ': use one of a1, b1')
  assert.equal(hintFor('x', []), '')
})
