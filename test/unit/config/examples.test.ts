import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { test } from 'node:test'
import { Ajv2020 } from 'ajv/dist/2020.js'
import { parse } from 'yaml'
import { loadConfig } from '../../../src/config/load-config.ts'

const FOLDER = 'examples/configs'
const schema = JSON.parse(readFileSync('schema/sluice.schema.json', 'utf8'))
const isValid = new Ajv2020({ allowUnionTypes: true }).compile(schema)

for (const name of readdirSync(FOLDER)) {
  const file = resolve(FOLDER, name)

  test(`${name} is a config that can run`, async () => {
    const result = await loadConfig(file)
    assert.deepEqual(result.isGood ? [] : result.lines, [])
  })

  test(`${name} is good by the published schema`, () => {
    const value = parse(readFileSync(file, 'utf8'))
    assert.equal(isValid(value), true, JSON.stringify(isValid.errors))
  })
}

test('the published schema refuses what has another form', () => {
  const good = { listeners: [{ address: 1, upstream: 'a' }], upstreams: { a: { endpoints: [1] } } }
  assert.equal(isValid(good), true)
  assert.equal(isValid({ ...good, listenrs: [] }), false)
  assert.equal(isValid({ ...good, upstreams: { a: { endpoints: [] } } }), false)
  assert.equal(isValid({ upstreams: good.upstreams }), false)
})

test('the config in docs/configuration.md can run', () => {
  const [, yaml = ''] =
    /```yaml\n([\s\S]*?)```/.exec(readFileSync('docs/configuration.md', 'utf8')) ?? []
  assert.equal(isValid(parse(yaml)), true, JSON.stringify(isValid.errors))
})
