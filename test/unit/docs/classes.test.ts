import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Data } from '../../../src/engine/data.ts'
import { REALM_GLOBALS, SCRIPT_GLOBALS } from '../../../src/program/script/globals.ts'
import { createAlgo } from '../../../src/script/algo/algo.ts'
import { scriptCrypto } from '../../../src/script/crypto/crypto.ts'
import { scriptJson } from '../../../src/script/json.ts'
import { ScriptUrl } from '../../../src/script/url.ts'
import { scriptXml } from '../../../src/script/xml/xml.ts'
import { readDocument } from './support/documents.ts'

const { text } = readDocument('docs/classes.md')

test('docs/classes.md names every global of scripts', () => {
  const names = [...SCRIPT_GLOBALS].filter((name) => !REALM_GLOBALS.has(name))
  assert.deepEqual(names.filter(isMissing), [])
})

test('docs/classes.md names the members of classes', () => {
  const classes: [string, object][] = [
    ['Data', Data.prototype],
    ['JSON', scriptJson],
    ['XML', scriptXml],
    ...membersOf('algo', createAlgo()),
    ...membersOf('crypto', scriptCrypto),
  ]
  const missing = classes.flatMap(([name, members]) =>
    Object.getOwnPropertyNames(members)
      .filter((member) => !HIDDEN.has(member) && isMissing(member))
      .map((member) => `${name}.${member}`),
  )
  assert.deepEqual(missing, [])
  const parts = Object.keys(new ScriptUrl('http://a/'))
  assert.deepEqual(parts.filter(isMissing), [])
})

/** What every class has, and what only the engine calls. */
const HIDDEN = new Set(['constructor', 'slabOffset', 'own', 'toBytes', 'clone'])

function membersOf(space: string, classes: object): [string, object][] {
  return Object.entries(classes).map(([name, type]) => {
    assert.ok(!isMissing(`${space}.${name}`), `${space}.${name}`)
    return [name, (type as { prototype: object }).prototype]
  })
}

/** A word in code: `` `size` `` or `` `new algo.Cache(allocate)` ``. */
function isMissing(name: string): boolean {
  return !new RegExp(`\`[^\`]*\\b${name.replace('.', '\\.')}\\b`).test(text)
}
