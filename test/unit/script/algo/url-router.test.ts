import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { URLRouter } from '../../../../src/script/algo/url-router.ts'

describe('algo.URLRouter', () => {
  const router = new URLRouter({
    '/hello': 'hello',
    '/hi/*': 'hi',
    '/hi/exact': 'exact',
    '/hi/a/b/c': 'deep',
    'foo.com/bar/*': 'foo',
    'foo.com/': 'foo root',
    '*.foo.com/bar': 'any foo',
    'Foo.Org/x*y/*/z': 'literal',
  })
  const cases: [parts: [string, ...string[]], value: string | undefined][] = [
    [['/hello'], 'hello'],
    [['any.host:80', '/hello'], 'hello'],
    [['any.host', 'hello?x=/y'], 'hello'],
    [['/hello/'], undefined],
    [['/hi'], 'hi'],
    [['/hi/'], 'hi'],
    [['/hi/a/b'], 'hi'],
    [['/hi/a/b/c'], 'deep'],
    [['/hi/a/b/c/d'], 'hi'],
    [['/hi/exact'], 'exact'],
    [['/hix'], undefined],
    [['foo.com', '/bar/x'], 'foo'],
    [['FOO.com:8080', '/bar'], 'foo'],
    [['foo.com/', '/'], 'foo root'],
    [['a.foo.com', '/bar'], 'any foo'],
    [['a.foo.com', '/bar/x'], undefined],
    [['a.b.foo.com', '/bar'], undefined],
    [['foo.com', '/hello'], 'hello'],
    [['foo.org', 'x*y', '*', 'z'], 'literal'],
    [['foo.com'], undefined],
    [['foo.com?/bar/'], undefined],
  ]
  for (const [parts, value] of cases) {
    it(`find(${parts.join(', ')}) is ${value}`, () => {
      assert.equal(router.find(...parts), value)
    })
  }

  it('takes all paths for /*, and replaces rules', () => {
    const all = new URLRouter<number>({ '/*': 1 })
    assert.equal(all.find('h', '/'), 1)
    assert.equal(all.find('h', '/a/b'), 1)
    all.add('/*', 2)
    assert.equal(all.find('h', '/'), 2)
  })

  it('refuses patterns without a slash or with a port', () => {
    for (const pattern of ['foo', 'foo:80/', '']) {
      assert.throws(() => new URLRouter({ [pattern]: 1 }), { message: 'invalid URL pattern' })
    }
    assert.throws(() => new URLRouter(1 as never), /argument #1 expects an object/)
    assert.throws(() => router.find('a', 2 as never), /argument #2 expects a string/)
  })
})
