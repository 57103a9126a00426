import assert from 'node:assert/strict'
import { test } from 'node:test'
import { StickyCookie } from '../../../src/balancer/sticky-cookie.ts'

const PLAIN = {
  cookie: 'srv',
  secret: 's1',
  path: '/',
  maxAgeSeconds: 0,
  sameSite: 'Lax',
  isSecure: false,
} as const
const ADDRESSES = ['10.0.0.1:80', '10.0.0.2:80']

function idIn(text: string): string {
  return /^srv=([0-9a-f]{16});/.exec(text)?.[1] ?? ''
}

test('a value stands for an endpoint, whatever its place, and only with the secret', () => {
  const cookie = new StickyCookie(ADDRESSES, PLAIN)
  const value = idIn(cookie.setCookie(1))
  assert.equal(cookie.endpointOf(value), 1)
  assert.equal(new StickyCookie(ADDRESSES.toReversed(), PLAIN).endpointOf(value), 0)
  assert.equal(new StickyCookie(ADDRESSES, { ...PLAIN, secret: 's2' }).endpointOf(value), -1)
  assert.equal(cookie.endpointOf('0000000000000000'), -1)
  assert.equal(cookie.endpointOf(undefined), -1)
})

test('has the attributes that were asked for', () => {
  const text = new StickyCookie(ADDRESSES, {
    ...PLAIN,
    domain: 'a.test',
    maxAgeSeconds: 60,
    sameSite: 'None',
    isSecure: true,
  }).setCookie(0)
  assert.match(text, /; Path=\/; Domain=a\.test; Max-Age=60; HttpOnly; SameSite=None; Secure$/)
  assert.match(
    new StickyCookie(ADDRESSES, PLAIN).setCookie(0),
    /; Path=\/; HttpOnly; SameSite=Lax$/,
  )
})
