import assert from 'node:assert/strict'
import { test } from 'node:test'
import { MessageStart } from '../../../../src/engine/event.ts'
import { RequestView } from '../../../../src/filters/route/request-view.ts'
import { type RouteMatch, RouteTable } from '../../../../src/filters/route/route-table.ts'

const view = new RequestView()

interface Asked {
  method?: string
  host?: string
  path?: string
  headers?: Record<string, string>
}

function find(table: RouteTable, { method = 'GET', host = '', path = '/', headers = {} }: Asked) {
  return table.find(view.look(new MessageStart({ method, path, headers: { host, ...headers } })))
}

const TABLE: readonly RouteMatch[] = [
  { host: 'a.example.com', path: { exact: '/only' } }, // 0
  { host: '*.example.com', path: { prefix: '/api' } }, // 1
  { host: 'a.example.com' }, // 2
  { host: '*.b.example.com' }, // 3
  { path: { prefix: '/api/v2/' } }, // 4
  { path: { prefix: '/api' }, method: 'POST' }, // 5
  { path: { regex: '\\.php$' } }, // 6
  { path: { exact: '/x' }, headers: { 'X-Canary': '1' } }, // 7
  { path: { exact: '/x' }, query: { v: { prefix: '2' } } }, // 8
  { path: { exact: '/x' }, method: ['GET', 'HEAD'] }, // 9
  { headers: { cookie: { regex: 'beta=1' } } }, // 10
  { headers: { 'x-none': { present: false }, 'x-some': { present: true } } }, // 11
]

const ASKED: readonly [asked: Asked, index: number][] = [
  [{ host: 'a.example.com', path: '/only' }, 0],
  [{ host: 'a.example.com', path: '/only?x=1' }, 0],
  [{ host: 'A.Example.COM:8080', path: '/only' }, 0],
  [{ host: 'a.example.com.', path: '/only' }, 0],
  [{ host: 'a.example.com', path: '/only/' }, 2],
  [{ host: 'a.example.com', path: '/api/x' }, 1],
  [{ host: 'a.example.com', path: '/apis' }, 2],
  [{ host: 'x.b.example.com', path: '/api' }, 1],
  [{ host: 'x.b.example.com' }, 3],
  [{ host: 'b.example.com' }, -1],
  [{ host: 'example.com', path: '/api' }, -1],
  [{ host: 'x.example.com', path: '/api/' }, 1],
  [{ host: 'other', path: '/api/v2' }, 4],
  [{ host: 'other', path: '/api/v2/a/b' }, 4],
  [{ host: 'other', path: '/api/v20' }, -1],
  [{ host: 'other', path: '/api/v20', method: 'POST' }, 5],
  [{ host: 'other', path: '/api', method: 'POST' }, 5],
  [{ path: '/a/b.php' }, 6],
  [{ path: '/a/b.php/c' }, -1],
  [{ path: '/x', headers: { 'x-canary': '1' } }, 7],
  [{ path: '/x', headers: { 'x-canary': '2' } }, 9],
  [{ path: '/x?v=21' }, 8],
  [{ path: '/x?v=1' }, 9],
  [{ path: '/x', method: 'DELETE' }, -1],
  [{ path: '/q', headers: { cookie: 'a=1; beta=1' } }, 10],
  [{ path: '/q', headers: { 'x-some': '' } }, 11],
  [{ path: '/q', headers: { 'x-some': '', 'x-none': '' } }, -1],
  [{ path: '/y/../%78', headers: { 'x-canary': '1' } }, 7],
  [{ path: 'http://a.example.com:80/only', host: 'other' }, 0],
  [{ path: 'HTTP://A.example.com', host: 'other' }, 2],
  [{ path: '*', method: 'OPTIONS' }, -1],
]

const table = new RouteTable(TABLE)
for (const [asked, index] of ASKED)
  test(`${JSON.stringify(asked)} takes route ${index}`, () =>
    assert.equal(find(table, asked), index))

test('finds what trying all in order finds', () => {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(Math.random() * list.length)] as T
  const paths = ['/', '/a', '/a/b', '/a/b/c', '/b', '/ab', '/a/']
  const hosts = ['x.com', 'a.x.com', 'b.a.x.com', 'y.com']
  const conditions = (): RouteMatch => ({
    ...(Math.random() < 0.5 && { host: pick([...hosts, '*.x.com', '*.a.x.com']) }),
    ...(Math.random() < 0.7 && {
      path: pick([{ exact: pick(paths) }, { prefix: pick(paths) }, { regex: pick(['b$', '^/a']) }]),
    }),
    ...(Math.random() < 0.2 && { method: 'POST' }),
  })
  for (let round = 0; round < 300; round++) {
    const matches = Array.from({ length: 12 }, conditions)
    const whole = new RouteTable(matches)
    const single = matches.map((match) => new RouteTable([match]))
    for (let ask = 0; ask < 20; ask++) {
      const asked = { host: pick(hosts), path: pick(paths), method: pick(['GET', 'POST']) }
      const expected = single.findIndex((one) => find(one, asked) === 0)
      assert.equal(find(whole, asked), expected, JSON.stringify({ matches, asked }))
    }
  }
})

test('refuses a regular expression that is none', () =>
  assert.throws(() => new RouteTable([{ path: { regex: '(' } }]), SyntaxError))
