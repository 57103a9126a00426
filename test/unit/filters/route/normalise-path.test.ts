import assert from 'node:assert/strict'
import { test } from 'node:test'
import { normalisePath } from '../../../../src/filters/route/normalise-path.ts'

for (const [path, normal] of [
  ['', '/'],
  ['/', '/'],
  ['/a/b', '/a/b'],
  ['/a/b/', '/a/b/'],
  ['/%61dmin', '/admin'],
  ['/a%2fb', '/a%2Fb'],
  ['/a%20b', '/a%20b'],
  ['/x/../admin', '/admin'],
  ['/x/%2e%2E/admin', '/admin'],
  ['/./a/./b', '/a/b'],
  ['//a///b//', '/a/b/'],
  ['/../..', '/'],
  ['/a/..', '/'],
  ['/a/b/.', '/a/b/'],
  ['/%zz', '/%zz'],
  ['/..a/b..', '/..a/b..'],
] as const)
  test(`${path || 'nothing'} is ${normal}`, () => assert.equal(normalisePath(path), normal))
