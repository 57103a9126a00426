import assert from 'node:assert/strict'
import { test } from 'node:test'
import { inTurns } from '../../../bench/load/measure/in-turns.ts'

test('everybody has each turn, and is first as often as the others', async () => {
  const seen: string[] = []
  await inTurns(['a', 'b', 'c'], 4, async (item, turn) => void seen.push(`${item}${turn}`))
  assert.equal(seen.join(' '), 'a0 b0 c0 b1 c1 a1 c2 a2 b2 a3 b3 c3')
})
