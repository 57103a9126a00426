import assert from 'node:assert/strict'
import { test } from 'node:test'
import { PathRewrite, type PathRewriteOptions } from '../../../../src/filters/route/path-rewrite.ts'

const CASES: readonly [options: PathRewriteOptions, path: string, result: string][] = [
  [{ prefix: '/a', to: '/b' }, '/a', '/b'],
  [{ prefix: '/a', to: '/b' }, '/a/', '/b/'],
  [{ prefix: '/a/', to: '/b/' }, '/a/c', '/b/c'],
  [{ prefix: '/a', to: '/' }, '/a', '/'],
  [{ prefix: '/a', to: '/' }, '/a/c', '/c'],
  [{ prefix: '/', to: '/b' }, '/c', '/b/c'],
  [{ prefix: '', to: '/b' }, '/', '/b/'],
  [{ prefix: '/a', to: '/b' }, '/ab', '/ab'],
  [{ regex: '^/(\\w+)/(\\w+)', to: '/$2/$1' }, '/a/b/c', '/b/a/c'],
  [{ regex: '/', to: '' }, '/a', '/a'],
  [{ to: '/x' }, '/a/b', '/x'],
  [{ to: 'x' }, '/a/b', '/x'],
]

for (const [options, path, result] of CASES)
  test(`${JSON.stringify(options)} makes ${result} of ${path}`, () =>
    assert.equal(new PathRewrite(options).apply(path), result))

for (const to of ['/a b', '/a\r\nX: y', '/ä'])
  test(`refuses ${JSON.stringify(to)}`, () =>
    assert.throws(() => new PathRewrite({ to }), /no text for a path/))

test('refuses a regular expression that is none', () =>
  assert.throws(() => new PathRewrite({ regex: '(', to: '' }), SyntaxError))
