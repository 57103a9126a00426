import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type Escaping, LineBytes } from '../../../../src/observability/access-log/line-bytes.ts'

function written(escaping: Escaping, write: (out: LineBytes) => void): string {
  const out = new LineBytes(escaping)
  write(out)
  return out.take().toString('latin1')
}

test('whole numbers of every length', () => {
  for (const value of [0, 9, 10, 99, 100, 123_456_789, 999_999_999, 1e9, 2 ** 40 + 1]) {
    assert.equal(
      written('text', (out) => out.integer(value)),
      String(value),
    )
  }
})

test('values in text and in JSON', () => {
  const both = (text: string) => [
    written('text', (out) => out.value(text)),
    written('json', (out) => out.value(text)),
  ]
  assert.deepEqual(both('plain'), ['plain', '"plain"'])
  assert.deepEqual(both(''), ['-', '""'])
  assert.deepEqual(both('a"\\\n'), ['a\\x22\\x5C\\x0A', '"a\\"\\\\\\n"'])
  assert.deepEqual(both('\xc3\xa9'), ['\\xC3\\xA9', '"\\u00e9"'])
  assert.deepEqual(both('\xe9'), ['\\xE9', '"\\u00e9"'])
})

test('an escaped part is that part only', () => {
  assert.equal(
    written('text', (out) => out.value('aa\tbb"cc', 1, 5)),
    'a\\x09bb',
  )
})

test('lines may be longer than the first memory', () => {
  const long = '"'.repeat(50_000)
  const text = written('json', (out) => {
    out.plain('x'.repeat(60_000))
    out.value(long)
    out.integer(7)
  })
  assert.equal(text, `${'x'.repeat(60_000)}${JSON.stringify(long)}7`)
})

test('what was taken is gone', () => {
  const out = new LineBytes('text')
  out.plain('one')
  const first = out.take()
  out.plain('two')
  assert.equal(first.toString(), 'one')
  assert.equal(out.take().toString(), 'two')
  assert.equal(out.length, 0)
})
