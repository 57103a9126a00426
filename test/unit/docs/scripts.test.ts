import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { loadScript } from '../../../src/program/load-script.ts'
import { codeBlocks, documents } from './support/documents.ts'

test('scripts in documents load', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sluice-docs-'))
  try {
    let loaded = 0
    for (const document of documents()) {
      for (const code of codeBlocks(document, 'js')) {
        // A fragment shows one construct; a program begins a configuration and listens.
        if (!/\bpipy\(/.test(code) || !/\.(listen|task)\(/.test(code)) continue
        const file = join(folder, 'main.js')
        writeFileSync(file, code)
        const result = loadScript(file)
        const problem = result.isGood ? '' : result.lines.join('\n')
        assert.equal(problem, '', `${document.path}\n${code}`)
        loaded++
      }
    }
    assert.ok(loaded >= 5, `only ${loaded} scripts found`)
  } finally {
    rmSync(folder, { recursive: true })
  }
})
