import assert from 'node:assert/strict'
import { test } from 'node:test'
import { LogBatch } from '../../../src/admin/log-batch.ts'
import type { LogEntry } from '../../../src/observability/logger.ts'

function line(message: string): LogEntry {
  return { time: 1, level: 'info', message }
}

test('lines are given together, once', () => {
  const batch = new LogBatch()
  batch.add([line('one')])
  batch.add([line('two'), line('three')])
  const { entries, left } = batch.take()
  assert.deepEqual([entries.map(({ message }) => message), left], [['one', 'two', 'three'], 0])
  assert.deepEqual(batch.take(), { entries: [], left: 0 })
})

test('of too many lines the newest are given, and the others counted', () => {
  const batch = new LogBatch()
  for (let from = 0; from < 10_000; from += 50)
    batch.add(Array.from({ length: 50 }, (_, index) => line(String(from + index))))
  const { entries, left } = batch.take()
  assert.deepEqual([entries.length, left], [100, 9900])
  assert.deepEqual([entries[0]?.message, entries.at(-1)?.message], ['9900', '9999'])
})

test('a batch of long lines is short', () => {
  const batch = new LogBatch()
  batch.add(Array.from({ length: 50 }, () => line('x'.repeat(1 << 20))))
  const { entries, left } = batch.take()
  assert.ok(entries.length > 0)
  assert.equal(entries.length + left, 50)
  assert.ok(JSON.stringify(entries).length < 1 << 18)
})
