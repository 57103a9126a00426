import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import {
  type CandidateRules,
  chooseCandidates,
  type Member,
} from '../../../src/balancer/candidates.ts'
import { createEndpoint } from '../../../src/balancer/picker.ts'

const RULES: CandidateRules = { panicShare: 0, zone: '' }

interface Given {
  readonly priority?: number
  readonly zone?: string
  readonly weight?: number
  readonly isUp?: boolean
  readonly isWanted?: boolean
}

/** Names of the candidates among members that are named by the keys. */
function chosen(members: Record<string, Given>, rules: Partial<CandidateRules> = {}): string {
  const all = Object.entries(members).map(
    ([name, { priority = 0, zone = '', weight = 1, isUp = true, isWanted = true }]): Member => ({
      endpoint: createEndpoint(name, weight),
      priority,
      zone,
      weight,
      isUp,
      isWanted,
    }),
  )
  const found = chooseCandidates(all, { ...RULES, ...rules })
  return found.map(({ endpoint }) => endpoint.address).join('')
}

const DOWN = { isUp: false }

describe('candidates', () => {
  test('are those that are up', () => {
    assert.equal(chosen({ a: {}, b: DOWN, c: {} }), 'ac')
  })

  test('are never those that the operator does not want', () => {
    assert.equal(chosen({ a: { isWanted: false }, b: {} }), 'b')
    assert.equal(chosen({ a: { isWanted: false }, b: DOWN }), 'b')
    assert.equal(chosen({ a: { isWanted: false } }), '')
  })

  test('are all when none is up', () => {
    assert.equal(chosen({ a: DOWN, b: DOWN }), 'ab')
  })

  test('are all when fewer are up than the panic share', () => {
    const members = { a: {}, b: DOWN, c: DOWN, d: DOWN }
    assert.equal(chosen(members, { panicShare: 0.25 }), 'a')
    assert.equal(chosen(members, { panicShare: 0.3 }), 'abcd')
  })

  test('are backups only when less than half of the weight above them is up', () => {
    const backup = { y: { priority: 1 }, z: { priority: 2 } }
    assert.equal(chosen({ a: {}, b: {}, ...backup }), 'ab')
    assert.equal(chosen({ a: {}, b: DOWN, ...backup }), 'a')
    assert.equal(chosen({ a: {}, b: { ...DOWN, weight: 2 }, ...backup }), 'ay')
    assert.equal(chosen({ a: DOWN, b: DOWN, ...backup }), 'y')
    assert.equal(chosen({ a: DOWN, y: { ...DOWN, priority: 1 }, z: { priority: 2 } }), 'z')
  })

  test('are in the zone while half of it is up', () => {
    const others = { x: { zone: 'far' }, y: {} }
    const zone = 'near'
    const near = { zone }
    const nearDown = { ...near, ...DOWN }
    assert.equal(chosen({ a: near, b: near, ...others }, { zone }), 'ab')
    assert.equal(chosen({ a: near, b: nearDown, ...others }, { zone }), 'a')
    assert.equal(chosen({ a: near, b: nearDown, c: nearDown, ...others }, { zone }), 'axy')
    assert.equal(chosen({ a: nearDown, ...others }, { zone }), 'xy')
    assert.equal(chosen({ a: near, ...others }, { zone: 'none' }), 'axy')
  })
})
