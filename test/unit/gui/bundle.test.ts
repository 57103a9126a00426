import assert from 'node:assert/strict'
import { readdirSync, readFileSync } from 'node:fs'
import { extname, join } from 'node:path'
import { test } from 'node:test'
import { brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib'

const FOLDER = 'dist/gui'
const MAX_GZIPPED_BYTES = 500 * 1024

const files = readdirSync(FOLDER, { recursive: true, withFileTypes: true })
  .filter((entry) => entry.isFile() && !/^\.|\.(gz|br)$/.test(entry.name))
  .map((entry) => join(entry.parentPath ?? entry.path, entry.name))

test('all of the web UI is small', () => {
  const bytes = files.map((file) => gzipSync(readFileSync(file)).length)
  const all = bytes.reduce((one, other) => one + other, 0)
  assert.ok(all > 0)
  assert.ok(all <= MAX_GZIPPED_BYTES, `${all} bytes gzipped`)
})

test('scripts and styles lie there compressed as well', () => {
  for (const file of files.filter((one) => /\.(js|css)$/.test(one))) {
    assert.deepEqual(gunzipSync(readFileSync(`${file}.gz`)), readFileSync(file))
    assert.deepEqual(brotliDecompressSync(readFileSync(`${file}.br`)), readFileSync(file))
  }
})

test('the page takes nothing from elsewhere and has no script or style within it', () => {
  const page = readFileSync(join(FOLDER, 'index.html'), 'utf8')
  assert.doesNotMatch(page, /https?:/)
  assert.doesNotMatch(page, /<style| style=| on[a-z]+=|<script(?![^>]* src=)/)
  for (const file of files.filter((one) => extname(one) === '.css'))
    assert.doesNotMatch(readFileSync(file, 'utf8'), /https?:|data:|@import/)
})
