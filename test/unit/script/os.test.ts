import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { createOs } from '../../../src/script/os.ts'

describe('os', () => {
  const root = mkdtempSync(join(tmpdir(), 'sluice-os-'))
  after(() => rmSync(root, { recursive: true }))
  writeFileSync(join(root, 'file.txt'), 'hello')
  const errors: string[] = []
  const os = createOs(root, (message) => errors.push(message))

  it('reads files by paths relative to the script', () => {
    assert.equal(os.readFile('file.txt')?.toString(), 'hello')
  })

  it('gives null and a line in the log for a file that cannot be read', () => {
    assert.equal(os.readFile('absent.txt'), null)
    assert.match(errors.at(-1) ?? '', /Cannot read file absent.txt: ENOENT/)
    assert.throws(() => os.readFile(1 as never), /argument #1 expects a string/)
  })

  it('tells facts about files', () => {
    const stats = os.stat('file.txt')
    assert.equal(stats?.size, 5)
    assert.equal(stats?.isFile(), true)
    assert.equal(stats?.isDirectory(), false)
    assert.equal(Number.isInteger(stats?.mtime), true)
    assert.ok(Math.abs((stats?.mtime ?? 0) - Date.now() / 1000) < 60)
    assert.equal(os.stat('.')?.isDirectory(), true)
    assert.equal(os.stat('absent'), null)
    assert.equal(os.stat('file.txt/below'), null)
  })

  it('has the environment as it was', () => {
    assert.equal(os.env.PATH, process.env.PATH)
  })
})
