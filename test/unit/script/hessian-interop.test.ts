import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import hessian from 'hessian.js'
import { Data } from '../../../src/engine/data.ts'
import { scriptHessian } from '../../../src/script/hessian/hessian.ts'

/** Values that both sides have: written by one they are read by the other. */
const VALUES: unknown[] = [
  null,
  true,
  false,
  ...[0, 1, -1, 47, 48, -16, -17, 2047, 2048, -2048, -2049, 262143, 262144, -262144, -262145],
  ...[2 ** 31 - 1, -(2 ** 31), 2 ** 31, -(2 ** 31) - 1, 2 ** 53 - 1, -(2 ** 53) + 1],
  ...[0.5, -0.25, 127.5, 12.25, 3.25159265, -1e-300, 65_536.125],
  ...['', 'a', 'x'.repeat(31), 'x'.repeat(32), 'x'.repeat(1023), 'x'.repeat(1024)],
  ...['x'.repeat(32_768), 'x'.repeat(65_535), 'x'.repeat(65_536), 'x'.repeat(200_000)],
  ...['é', '€', '😀', 'Ünïcode 😀 ', '\0\n"'],
  [1, [2, [3, []]], 'x'],
  Array.from({ length: 300 }, (_, index) => index),
  {},
  { a: 1, b: [true, null], c: { d: 'e' } },
  new Date(894_621_091_000),
  new Date(0),
  new Date(-1),
]

const name = (value: unknown): string => JSON.stringify(value).slice(0, 40)

describe('Hessian beside hessian.js', () => {
  for (const value of VALUES) {
    it(`hessian.js reads what we write: ${name(value)}`, () => {
      const bytes = scriptHessian.encode([value]).toBytes()
      assert.deepEqual(hessian.decode(bytes, '2.0'), value)
    })
    it(`we read what hessian.js writes: ${name(value)}`, () => {
      const bytes = hessian.encode(value, '2.0')
      assert.deepEqual(scriptHessian.decode(Data.fromBytes(bytes)), value)
    })
  }

  it('binaries, short and in chunks', () => {
    for (const size of [0, 1, 15, 16, 1023, 1024, 40_000, 70_000, 200_000]) {
      const bytes = Buffer.alloc(size, 'binary')
      const ours = scriptHessian.encode([Data.fromBytes(bytes)]).toBytes()
      assert.ok(bytes.equals(hessian.decode(ours, '2.0') as Buffer), `ours, ${size}`)
      const theirs = scriptHessian.decode(Data.fromBytes(hessian.encode(bytes, '2.0'))) as Data
      assert.ok(bytes.equals(theirs.toBytes()), `theirs, ${size}`)
    }
  })

  it('longs that a number cannot hold', () => {
    const bytes = hessian.encode({ $class: 'long', $: '9007199254740993' }, '2.0')
    assert.equal(scriptHessian.decode(Data.fromBytes(bytes)), 9007199254740993n)
    const ours = scriptHessian.encode(9007199254740993n).toBytes()
    assert.equal(String(hessian.decode(ours, '2.0')), '9007199254740993')
  })

  it('objects of classes, typed lists and maps, and references', () => {
    const point = { $class: 'com.example.Point', $: { x: 1, y: 'z' } }
    const typed = [
      point,
      { $class: 'com.example.Point', $: { x: 2, y: 'w' } },
      { $class: '[int', $: [1, 2, 3] },
      { $class: 'java.util.HashMap', $: { k: 'v' } },
      { $class: 'java.util.ArrayList', $: ['a'] },
    ]
    const expected = [{ x: 1, y: 'z' }, { x: 2, y: 'w' }, [1, 2, 3], { k: 'v' }, ['a']]
    const decoded = scriptHessian.decode(Data.fromBytes(hessian.encode(typed, '2.0')))
    assert.deepEqual(decoded, expected)
    const shared = { a: 1 }
    const twice = hessian.encode([shared, shared], '2.0')
    const [first, second] = scriptHessian.decode(Data.fromBytes(twice)) as object[]
    assert.equal(first, second)
  })

  it('the values of a request body, one after the other', () => {
    const encoder = new hessian.EncoderV2()
    const values = ['2.0.2', 'com.example.Echo', '1.0.0', 'echo', 'Ljava/lang/String;', 'hi']
    for (const value of [...values, { path: 'com.example.Echo', timeout: '3000' }]) {
      encoder.write(value)
    }
    const body = scriptHessian.decode(Data.fromBytes(encoder.get())) as unknown[]
    assert.deepEqual(body, [...values, { path: 'com.example.Echo', timeout: '3000' }])
    const decoder = new hessian.DecoderV2(scriptHessian.encode(body).toBytes())
    assert.deepEqual(
      body.map(() => decoder.read()),
      body,
    )
  })
})
