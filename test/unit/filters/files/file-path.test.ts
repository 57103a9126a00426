import assert from 'node:assert/strict'
import { test } from 'node:test'
import { filePath } from '../../../../src/filters/files/file-path.ts'
import { normalisePath } from '../../../../src/filters/route/normalise-path.ts'

const CASES: readonly [path: string, segments: string[] | null][] = [
  ['/', []],
  ['/a/b.html', ['a', 'b.html']],
  ['/a//b/./c/', ['a', 'b', 'c']],
  ['/%61%20b', ['a b']],
  ['/%C3%BC', ['ü']],
  ['/.well-known/security.txt', ['.well-known', 'security.txt']],
  ['/a/../b', ['b']],
  ['/../../etc/passwd', ['etc', 'passwd']],
  ['/%2e%2e/etc', ['etc']],
  ['/a%2fb', null],
  ['/..%2f..%2fetc/passwd', null],
  ['/a%5c..%5cb', null],
  ['/a\\b', null],
  ['/a%00.html', null],
  ['/a%0d%0ab', null],
  ['/.git/config', null],
  ['/a/.env', null],
  ['/%2Eenv', null],
  ['/%', null],
  ['/%zz', null],
  ['/%ff', null],
]

for (const [path, segments] of CASES) {
  test(`${path} is ${segments === null ? 'nothing' : JSON.stringify(segments)}`, () => {
    assert.deepEqual(filePath(normalisePath(path)), segments)
  })
}
