import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Access } from '../../../src/net/access.ts'
import { isNetwork } from '../../../src/net/address-list.ts'

test('what is a network', () => {
  for (const text of [
    '10.0.0.1',
    '10.0.0.0/8',
    '0.0.0.0/0',
    '::1',
    'fd00::/8',
    '::/0',
    '::1/128',
  ]) {
    assert.ok(isNetwork(text), text)
  }
  for (const text of [
    '',
    '10.0.0',
    '10.0.0.0/33',
    '::/129',
    '10.0.0.0/',
    '10.0.0.0/8/8',
    'a.b/8',
    '10.0.0.0/-1',
    'fe80::1%lo',
  ]) {
    assert.ok(!isNetwork(text), text)
  }
})

test('addresses and networks of both families', () => {
  const trusted = new Access({ allow: ['10.1.0.0/16', '192.0.2.1', 'fd00::/8', '2001:db8::1'] })
  for (const address of ['10.1.2.3', '192.0.2.1', 'fd12::1', '2001:db8::1']) {
    assert.ok(trusted.admits(address), address)
  }
  for (const address of ['10.2.0.1', '192.0.2.2', 'fe80::1', '2001:db8::2']) {
    assert.ok(!trusted.admits(address), address)
  }
})

test('the peers of a Unix socket have no address', () => {
  assert.ok(new Access({ allow: ['10.0.0.1'] }).admits(''))
})

test('without a list, anybody', () => {
  const trusted = new Access({})
  assert.ok(trusted.admits('192.0.2.1') && trusted.admits('::1'))
})
