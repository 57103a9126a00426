import assert from 'node:assert/strict'
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { loadConfig } from '../../../src/config/load-config.ts'
import { temporaryFolder } from '../../support/temporary-script.ts'

/** Whole configs in the documents; pieces of configs have no listeners. */
const CONFIG = /^```yaml\n(listeners:\n[\s\S]*?)^```$/gm

const guides = readdirSync('docs').filter((one) => one.endsWith('.md'))
for (const name of ['README.md', ...guides.map((one) => join('docs', one))]) {
  const configs = [...readFileSync(name, 'utf8').matchAll(CONFIG)]
  for (const [index, [, text = '']] of configs.entries()) {
    test(`config ${index + 1} of ${name} can be loaded`, async (context) => {
      const folder = temporaryFolder(context)
      // Folders to serve have to be there.
      for (const [, root = ''] of text.matchAll(/\broot: ([\w/]+)/g)) {
        mkdirSync(join(folder, root), { recursive: true })
      }
      const file = join(folder, 'lb.yaml')
      writeFileSync(file, text)
      const result = await loadConfig(file)
      assert.ok(result.isGood, result.isGood ? '' : result.lines.join('\n'))
    })
  }
}

test('the migration guide has configs', () => {
  assert.ok([...readFileSync('docs/migration.md', 'utf8').matchAll(CONFIG)].length >= 4)
})
