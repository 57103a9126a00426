import assert from 'node:assert/strict'
import type { IncomingHttpHeaders } from 'node:http'
import { test } from 'node:test'
import { type AccessPolicy, isLoopback, refuse } from '../../../src/admin/access.ts'

const TOKEN = 'a-token-of-some-length'
const HOST = '127.0.0.1:9090'

function check(
  method: string,
  headers: IncomingHttpHeaders,
  tokenFor: AccessPolicy['tokenFor'] = 'nothing',
  isPublic = false,
  isPage = false,
): string {
  const policy = { hostNames: ['lb.example.com'], token: TOKEN, tokenFor }
  const refusal = refuse(
    { method, headers: { host: HOST, ...headers }, isPage, isPublic, isReading: false },
    policy,
  )
  return refusal === null ? 'passes' : `${refusal.status} ${refusal.error}`
}

test('hosts: addresses, localhost and known names pass, others may be rebound', () => {
  for (const host of ['127.0.0.1', '127.0.0.1:1', '[::1]:1', '10.1.2.3:80', 'localhost:1'])
    assert.equal(check('GET', { host }), 'passes', host)
  assert.equal(check('GET', { host: 'LB.example.com:9090' }), 'passes')
  for (const host of ['evil.example', 'localhost.evil.example', '127.0.0.1.evil.example', ''])
    assert.equal(check('GET', { host }), '421 unknown_host', host)
})

test('a request without Host is refused', () => {
  const policy = { hostNames: [], token: TOKEN, tokenFor: 'nothing' } as const
  assert.equal(
    refuse({ method: 'GET', headers: {}, isPage: false, isPublic: true, isReading: false }, policy)
      ?.status,
    421,
  )
})

test('pages of other sites change nothing and read nothing', () => {
  for (const site of ['cross-site', 'same-site']) {
    assert.equal(check('POST', { 'sec-fetch-site': site }), '403 cross_site')
    assert.equal(check('GET', { 'sec-fetch-site': site }), '403 cross_site')
  }
  for (const origin of ['http://evil.example', 'null', 'http://127.0.0.1:9091'])
    assert.equal(check('POST', { origin }), '403 cross_site', origin)
})

test('own pages, typed addresses, links and programs pass', () => {
  assert.equal(check('POST', { 'sec-fetch-site': 'same-origin' }), 'passes')
  assert.equal(check('GET', { 'sec-fetch-site': 'none' }), 'passes')
  assert.equal(check('POST', { origin: `http://${HOST}` }), 'passes')
  assert.equal(check('PUT', {}), 'passes')
})

test('a link on a page of another site may lead to a page, in a window of its own', () => {
  const link = {
    'sec-fetch-site': 'cross-site',
    'sec-fetch-mode': 'navigate',
    'sec-fetch-dest': 'document',
  }
  const atPage = (method: string, headers: IncomingHttpHeaders): string =>
    check(method, headers, 'nothing', true, true)
  assert.equal(atPage('GET', link), 'passes')
  assert.equal(atPage('POST', link), '403 cross_site')
  assert.equal(atPage('GET', { ...link, 'sec-fetch-dest': 'iframe' }), '403 cross_site')
  assert.equal(atPage('GET', { ...link, 'sec-fetch-mode': 'no-cors' }), '403 cross_site')
  assert.equal(check('GET', link), '403 cross_site')
})

test('the token is asked for by what the policy says', () => {
  const good = { authorization: `Bearer ${TOKEN}` }
  for (const method of ['POST', 'PUT', 'PATCH', 'DELETE']) {
    assert.equal(check(method, {}, 'changes'), '401 token_needed')
    assert.equal(check(method, good, 'changes'), 'passes')
  }
  assert.equal(check('GET', {}, 'changes'), 'passes')
  assert.equal(check('GET', {}, 'everything'), '401 token_needed')
  assert.equal(check('GET', good, 'everything'), 'passes')
  assert.equal(check('GET', {}, 'everything', true), 'passes')
})

test('other tokens are refused', () => {
  for (const authorization of ['Bearer', `Bearer ${TOKEN}x`, `Basic ${TOKEN}`, TOKEN])
    assert.equal(check('PUT', { authorization }, 'changes'), '401 token_needed', authorization)
})

test('loopback addresses', () => {
  for (const host of ['127.0.0.1', '127.1.2.3', '::1', 'localhost'])
    assert.equal(isLoopback(host), true, host)
  for (const host of ['0.0.0.0', '::', '10.0.0.1', '127.0.0.1.example'])
    assert.equal(isLoopback(host), false, host)
})
