import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'

const FOLDER = 'dist/gui'
const MAX_GZIPPED_BYTES = 500 * 1024

const files = readdirSync(FOLDER, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && !entry.name.startsWith('.'))
  .map((entry) => join(entry.parentPath ?? entry.path, entry.name))

test('all of the web UI is small', () => {
  const bytes = files.map((file) => gzipSync(readFileSync(file)).length)
  const all = bytes.reduce((one, other) => one + other, 0)
  assert.ok(all > 0)
  assert.ok(all <= MAX_GZIPPED_BYTES, `${all} bytes gzipped`)
})

test('the page takes nothing from elsewhere and has no script or style within it', () => {
  const page = readFileSync(join(FOLDER, 'index.html'), 'utf8')
  assert.doesNotMatch(page, /https?:/)
  assert.doesNotMatch(page, /<style| style=| on[a-z]+=|<script(?![^>]* src=)/)
  for (const file of files.filter((one) => extname(one) === '.css'))
    assert.doesNotMatch(readFileSync(file, 'utf8'), /https?:|data:|@import/)
})
