import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, describe, it } from 'node:test'
import { brotliCompressSync, brotliDecompressSync, gunzipSync, gzipSync } from 'node:zlib'
import type { Message } from '../../../src/engine/message.ts'
import { createHttp } from '../../../src/script/http/http.ts'
import { requestPath } from '../../../src/script/http/request-path.ts'

const root = mkdtempSync(join(tmpdir(), 'sluice-http-'))
after(() => rmSync(root, { recursive: true }))
mkdirSync(join(root, 'www', 'all'), { recursive: true })
mkdirSync(join(root, 'www', 'empty'))
writeFileSync(join(root, 'www', 'index.html.gz'), gzipSync('home'))
writeFileSync(join(root, 'www', 'only.txt.br'), brotliCompressSync('brotli'))
for (const [suffix, bytes] of [
  ['', Buffer.from('all')],
  ['.gz', gzipSync('all')],
  ['.br', brotliCompressSync('all')],
] as const) {
  writeFileSync(join(root, 'www', 'all', `a b.js${suffix}`), bytes)
}
writeFileSync(join(root, 'secret.js'), 'secret')

const { File } = createHttp(root)
const headersOf = (message: Message | undefined) =>
  (message?.head as { headers: Record<string, string> } | undefined)?.headers ?? {}

describe('http.File', () => {
  it('serves the index of a directory, decompressed for whoever does not accept it', () => {
    const file = File.from('www/')
    const plain = file?.toMessage()
    assert.deepEqual(headersOf(plain), { 'content-type': 'text/html' })
    assert.equal(plain?.body?.toString(), 'home')
    const compressed = file?.toMessage('deflate, gzip;q=0.8')
    assert.deepEqual(headersOf(compressed), {
      'content-type': 'text/html',
      'content-encoding': 'gzip',
    })
    assert.equal(gunzipSync(compressed?.body?.toBytes() ?? '').toString(), 'home')
  })

  it('prefers br to gzip to neither, as far as accepted', () => {
    const file = new File('www/all/a b.js')
    assert.ok(file instanceof File)
    const best = file.toMessage('gzip, br')
    assert.equal(headersOf(best)['content-encoding'], 'br')
    assert.equal(brotliDecompressSync(best.body?.toBytes() ?? '').toString(), 'all')
    assert.equal(headersOf(file.toMessage('gzip, br;q=0'))['content-encoding'], 'gzip')
    assert.equal(headersOf(file.toMessage('identity'))['content-encoding'], undefined)
    assert.equal(file.toMessage('identity').body?.toString(), 'all')
  })

  it('makes each message once', () => {
    const file = File.from('www')
    assert.equal(file?.toMessage('gzip'), file?.toMessage('gzip'))
    assert.equal(file?.toMessage(), file?.toMessage())
  })

  it('decompresses what only exists as br', () => {
    assert.equal(File.from('www/only.txt')?.toMessage().body?.toString(), 'brotli')
  })

  it('ignores the query and decodes the path', () => {
    assert.ok(File.from('www/index.html?x=../..'))
    assert.ok(File.from('www/all/a%20b.js'))
  })

  it('is null, or throws with new, for what is not there', () => {
    assert.equal(File.from('www/nope'), null)
    assert.equal(File.from('www/empty'), null)
    assert.equal(File.from(`www/${'x'.repeat(5000)}`), null)
    assert.equal(File.from('secret.js/x'), null)
    assert.throws(() => new File('www/nope'), /cannot open file www\/nope/)
    assert.throws(() => File.from(1 as never), /argument #1 expects a string/)
  })

  it('does not leave the directory that a script puts before the path of a request', () => {
    for (const path of [
      '/../secret.js',
      '/%2e%2e/secret.js',
      '/all/../../secret.js',
      '/..%2fsecret.js',
    ]) {
      assert.equal(File.from(`www${path}`), null, path)
    }
  })
})

describe('the file path of a request', () => {
  const cases: [path: string, file: string | null][] = [
    ['/a/b.html', 'a/b.html'],
    ['a//./b/', 'a/b'],
    ['/', ''],
    ['/a...b/..c', 'a...b/..c'],
    ['/a/..', null],
    ['/%zz', null],
    ['/a%00b', null],
    ['/a\\..\\b', null],
    ['/%252e%252e/', '%2e%2e'],
  ]
  for (const [path, file] of cases) {
    it(`of ${path} is ${file}`, () => assert.equal(requestPath(path), file))
  }
})
