import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { ScriptUrl } from '../../../src/script/url.ts'

describe('a URL', () => {
  it('is taken apart as it is written', () => {
    const url = new ScriptUrl('https://user:pa:ss@Example.com:8443/a/%20b?x=1&y#frag')
    assert.deepEqual(
      { ...url },
      {
        auth: 'user:pa:ss',
        hash: '#frag',
        host: 'Example.com:8443',
        hostname: 'Example.com',
        href: 'https://user:pa:ss@Example.com:8443/a/%20b?x=1&y#frag',
        origin: 'https://Example.com:8443',
        password: 'pa:ss',
        path: '/a/%20b?x=1&y',
        pathname: '/a/%20b',
        port: '8443',
        protocol: 'https:',
        query: 'x=1&y',
        search: '?x=1&y',
        username: 'user',
      },
    )
  })

  const cases: [url: string, base: string | undefined, parts: Partial<ScriptUrl>][] = [
    ['http://a', undefined, { port: '80', path: '/', href: 'http://a/' }],
    ['https://a', undefined, { port: '443' }],
    ['//a/b', undefined, { protocol: 'http:', host: 'a', pathname: '/b' }],
    ['//a/b', 'https://c/d', { protocol: 'https:', host: 'a', pathname: '/b' }],
    ['/a?b', 'http://h:1/c/d?e', { href: 'http://h:1/a?b', port: '1' }],
    ['a', 'http://u@h/c/d', { href: 'http://u@h/c/a' }],
    ['?q', 'http://h/c/d', { href: 'http://h/c/d?q' }],
    ['/a', undefined, { host: '', pathname: '/a', query: '' }],
    ['localhost:8080/x', undefined, { protocol: 'http:', host: '' }],
    ['http://[::1]:8080/x', undefined, { hostname: '[::1]', port: '8080' }],
    ['http://h?a#b?c', undefined, { search: '?a', hash: '#b?c', pathname: '/' }],
    ['http://a@b@c/', undefined, { auth: 'a@b', host: 'c' }],
  ]
  for (const [url, base, parts] of cases) {
    it(`${url} from ${base}`, () => {
      const made = new ScriptUrl(url, base)
      for (const [name, value] of Object.entries(parts)) {
        assert.equal(made[name as keyof ScriptUrl], value, name)
      }
    })
  }

  it('takes another URL as its base', () => {
    assert.equal(`${new ScriptUrl('b', new ScriptUrl('http://h/a'))}`, 'http://h/b')
  })
})
