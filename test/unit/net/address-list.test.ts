import assert from 'node:assert/strict'
import { BlockList, isIP } from 'node:net'
import { test } from 'node:test'
import fc from 'fast-check'
import { AddressList, isNetwork } from '../../../src/net/address-list.ts'

test('networks have their addresses and no others', () => {
  const list = new AddressList([
    '10.0.0.0/8',
    '192.168.1.7',
    'fd00::/8',
    '2001:db8::1',
    '1.2.3.4/31',
  ])
  const inside = ['10.0.0.0', '10.255.255.255', '192.168.1.7', 'fd00::', 'fdff:ffff::1', '1.2.3.5']
  const outside = ['9.255.255.255', '11.0.0.0', '192.168.1.6', 'fe00::', '2001:db8::2', '1.2.3.6']
  assert.deepEqual(
    inside.filter((one) => !list.has(one)),
    [],
  )
  assert.deepEqual(
    outside.filter((one) => list.has(one)),
    [],
  )
})

test('an IPv4 address is the same however it is written', () => {
  const list = new AddressList(['10.0.0.0/8', '::ffff:192.168.0.0/112'])
  for (const address of ['::ffff:10.1.2.3', '::ffff:a01:203', '192.168.3.4']) {
    assert.ok(list.has(address), address)
  }
  assert.equal(list.has('::10.1.2.3'), false)
  assert.equal(new AddressList(['0.0.0.0/0']).has('::1'), false)
  assert.equal(new AddressList(['::/0']).has('1.2.3.4'), true)
})

test('networks within others, beside others and twice are one', () => {
  const list = new AddressList([
    '10.1.0.0/16',
    '10.0.0.0/8',
    '11.0.0.0/8',
    '10.0.0.0/8',
    '10.2.0.1',
  ])
  for (const address of ['10.0.0.1', '10.1.9.9', '10.200.0.0', '11.255.255.255']) {
    assert.ok(list.has(address), address)
  }
  assert.equal(list.has('12.0.0.0'), false)
})

test('what is no address is in no list', () => {
  const list = new AddressList(['::/0'])
  for (const text of ['', '/run/a.sock', 'localhost', '1.2.3']) assert.equal(list.has(text), false)
  assert.equal(list.has('fe80::1%eth0'), true)
})

test('what is no network is told', () => {
  for (const text of [
    '',
    'a',
    '1.2.3',
    '1.2.3.4/33',
    '::/129',
    '1.2.3.4/',
    '1.2.3.4/8/8',
    '::1%lo',
  ]) {
    assert.equal(isNetwork(text), false, text)
    assert.throws(() => new AddressList([text]), /an address, or a network such as/)
  }
})

test('it decides as the BlockList of Node does', () => {
  const v4 = fc.ipV4()
  const v6 = fc.ipV6()
  const network = fc.oneof(
    fc.tuple(v4, fc.integer({ min: 0, max: 32 })),
    fc.tuple(v6, fc.integer({ min: 0, max: 128 })),
  )
  fc.assert(
    fc.property(
      fc.array(network, { maxLength: 8 }),
      fc.array(fc.oneof(v4, v6)),
      (networks, asked) => {
        const list = new AddressList(networks.map(([address, bits]) => `${address}/${bits}`))
        const expected = new BlockList()
        for (const [address, bits] of networks) expected.addSubnet(address, bits, familyOf(address))
        const addresses = [...asked, ...networks.map(([address]) => address)]
        for (const one of addresses) {
          // It does not look at IPv4 addresses for networks of IPv6, except mapped ones.
          const mapped = isIP(one) === 4 ? `::ffff:${one}` : one
          assert.equal(
            list.has(one),
            expected.check(mapped, 'ipv6') || expected.check(one, familyOf(one)),
          )
        }
      },
    ),
    { numRuns: 300 },
  )
})

function familyOf(address: string): 'ipv4' | 'ipv6' {
  return isIP(address) === 6 ? 'ipv6' : 'ipv4'
}
