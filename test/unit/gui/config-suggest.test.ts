import assert from 'node:assert/strict'
import { test } from 'node:test'
import { guiModule } from '../../support/gui-module.ts'

interface Suggestion {
  readonly kind: 'key' | 'value'
  readonly label: string
  readonly insert: readonly [string, string]
}

interface SuggestModule {
  suggest(
    text: string,
    offset: number,
    isJson: boolean,
  ): { from: number; to: number; options: readonly Suggestion[] } | undefined
}

const { suggest } = await guiModule<SuggestModule>('editor/config/suggest.ts')

/** What is offered where the text has a `|`. */
function offered(marked: string, isJson = false): string[] {
  const offset = marked.indexOf('|')
  const text = marked.replace('|', '')
  return suggest(text, offset, isJson)?.options.map(({ label }) => label) ?? []
}

/** The text after one of the suggestions was taken; `|` is where the cursor is. */
function taken(marked: string, label: string, isJson = false): string {
  const offset = marked.indexOf('|')
  const text = marked.replace('|', '')
  const found = suggest(text, offset, isJson)
  const option = found?.options.find((one) => one.label === label)
  assert.ok(found !== undefined && option !== undefined, `no ${label} at ${marked}`)
  return `${text.slice(0, found.from)}${option.insert.join('|')}${text.slice(found.to)}`
}

const CONFIG = `listeners:
  - address: 8080
    upstream: shop
upstreams:
  shop:
    endpoints: [127.0.0.1:9001]
  static:
    endpoints: [127.0.0.1:9002]
`

test('an empty config can have the sections of one', () => {
  const sections = offered('|')
  for (const name of ['listeners', 'upstreams', 'routes', 'accessLog'])
    assert.ok(sections.includes(name), name)
})

test('a section is offered the keys that it has not yet', () => {
  const keys = offered(CONFIG.replace('    upstream: shop\n', '    |\n'))
  assert.ok(keys.includes('upstream') && keys.includes('tls'))
  assert.ok(!keys.includes('address') && !keys.includes('endpoints'))
  const upstream = offered(`${CONFIG}    |`)
  assert.ok(upstream.includes('balance') && !upstream.includes('endpoints'))
  assert.deepEqual(offered(`${CONFIG}    ba|`), offered(`${CONFIG}    |`))
})

test('what is indented further belongs to the section above', () => {
  const keys = offered(`${CONFIG}    timeouts:\n      |`)
  assert.ok(keys.includes('connect') && keys.includes('response'))
  assert.ok(!keys.includes('balance'))
})

test('an item of a list, and a section within braces, have keys as well', () => {
  assert.ok(offered('listeners:\n  - |').includes('address'))
  assert.ok(offered('listeners: [{ address: 80, | }]').includes('upstream'))
  assert.ok(!offered('listeners: [{ address: 80, | }]').includes('address'))
  assert.ok(offered('upstreams: { app: { | } }').includes('endpoints'))
})

test('values are those that the schema names', () => {
  assert.deepEqual(offered('listeners:\n  - protocol: |'), ['http', 'tcp'])
  assert.deepEqual(offered('listeners:\n  - { protocol: t| }'), ['http', 'tcp'])
  assert.ok(offered(`${CONFIG}    balance: |`).includes('least-connections'))
  assert.deepEqual(offered('forwarding:\n  requestId: |'), ['true', 'false'])
})

test('an upstream is one of those that the config has', () => {
  assert.deepEqual(offered(CONFIG.replace('upstream: shop', 'upstream: |')), ['shop', 'static'])
  assert.deepEqual(
    offered(CONFIG.replace('upstream: shop', 'routes:\n      - mirror: { upstream: | }')),
    ['shop', 'static'],
  )
})

test('nothing is offered where anything may stand, or nothing that is known', () => {
  assert.deepEqual(offered('listeners:\n  - address: |'), [])
  assert.deepEqual(offered('upstreams:\n  |'), [])
  assert.deepEqual(offered('nothing:\n  |'), [])
  assert.deepEqual(offered('listeners:\n  - address: 80\n      |'), [])
})

test('a key brings what its value begins with', () => {
  assert.equal(taken('|', 'listeners'), 'listeners:\n  - |')
  assert.equal(taken('listeners:\n  - add|', 'address'), 'listeners:\n  - address: |')
  assert.equal(taken('listeners:\n  - |', 'tls'), 'listeners:\n  - tls:\n      |')
  assert.equal(taken('listeners: [{ | }]', 'tls'), 'listeners: [{ tls: { | } }]')
  assert.equal(
    taken('upstreams: { a: { | } }', 'endpoints'),
    'upstreams: { a: { endpoints: [|] } }',
  )
})

test('a key that is changed keeps its value', () => {
  assert.equal(taken('listeners:\n  - na|me: x', 'address'), 'listeners:\n  - address|: x')
})

test('JSON has quotes, whether they are there or not', () => {
  assert.equal(taken('{ | }', 'listeners', true), '{ "listeners": [|] }')
  assert.equal(taken('{ "|" }', 'upstreams', true), '{ "upstreams": { | } }')
  assert.equal(taken('{ "l| }', 'listeners', true), '{ "listeners": [|] }')
  const listener = (rest: string): string => `{ "listeners": [{ "address": 80, ${rest} }] }`
  assert.equal(taken(listener('"protocol": |'), 'tcp', true), listener('"protocol": "tcp"|'))
  assert.equal(taken(listener('"protocol": "h|"'), 'tcp', true), listener('"protocol": "tcp"|'))
  assert.equal(taken(listener('"na|": "x"'), 'name', true), listener('"name"|: "x"'))
})
