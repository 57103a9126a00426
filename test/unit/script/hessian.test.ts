import assert from 'node:assert/strict'
import { describe, it } from 'node:test'
import { Data } from '../../../src/engine/data.ts'
import { scriptHessian } from '../../../src/script/hessian/hessian.ts'

const decode = (hex: string): unknown =>
  scriptHessian.decode(new Data(hex.replaceAll(' ', ''), 'hex'))
const encode = (value: unknown): string => scriptHessian.encode(value).toString('hex')
const text = (value: string): string => Buffer.from(value).toString('hex')

describe('Hessian.decode', () => {
  // The examples of the Hessian 2.0 specification, and the edges of its ranges.
  const cases: [hex: string, value: unknown][] = [
    ['4e', null],
    ['54', true],
    ['46', false],
    ['90', 0],
    ['80', -16],
    ['bf', 47],
    ['c800', 0],
    ['c000', -2048],
    ['c700', -256],
    ['cfff', 2047],
    ['d40000', 0],
    ['d00000', -262144],
    ['d7ffff', 262143],
    ['49 00000000', 0],
    ['49 80000000', -2147483648],
    ['e0', 0],
    ['d8', -8],
    ['ef', 15],
    ['f800', 0],
    ['f000', -2048],
    ['f7ff', -1],
    ['ffff', 2047],
    ['3c0000', 0],
    ['380000', -262144],
    ['3fffff', 262143],
    ['59 fffffffe', -2],
    ['4c 001fffffffffffff', Number.MAX_SAFE_INTEGER],
    ['4c 0020000000000001', 2n ** 53n + 1n],
    ['4c 8000000000000000', -(2n ** 63n)],
    ['5b', 0],
    ['5c', 1],
    ['5d80', -128],
    ['5e8000', -32768],
    ['5f 00002fda', 12.25],
    ['44 4028800000000000', 12.25],
    ['00', ''],
    [`05 ${text('hello')}`, 'hello'],
    ['01 c3a9', 'é'],
    [`3020 ${text('x'.repeat(32))}`, 'x'.repeat(32)],
    [`52 0007 ${text('hello, ')} 05 ${text('world')}`, 'hello, world'],
    [`52 0001 61 53 0001 62`, 'ab'],
    ['02 eda0bd edb880', '😀'],
    ['02 f09f9880', '😀'],
    ['78', []],
    ['57 90 91 5a', [0, 1]],
    ['58 92 90 91', [0, 1]],
    ['7a 90 91', [0, 1]],
    [`72 04 ${text('[int')} 90 91`, [0, 1]],
    [`56 04 ${text('[int')} 92 90 91`, [0, 1]],
    [`55 04 ${text('[int')} 90 91 5a`, [0, 1]],
    [`57 72 04 ${text('[int')} 90 91 71 90 92 5a`, [[0, 1], [2]]],
    [`48 01 61 90 91 01 62 5a`, { a: 0, 1: 'b' }],
    [`4d 03 ${text('Car')} 01 61 90 5a`, { a: 0 }],
    [
      `43 03 ${text('Car')} 92 05 ${text('color')} 05 ${text('model')} 4f 90 03 ${text('red')} 91`,
      { color: 'red', model: 1 },
    ],
    [`43 01 41 91 01 61 60 ef`, { a: 15 }],
    [`57 90 7a 90 91 51 91 5a`, [0, [0, 1], [0, 1]]],
    ['90 91 92', [0, 1, 2]],
    ['', undefined],
  ]
  for (const [hex, value] of cases) {
    it(`reads ${hex.slice(0, 40)}`, () => assert.deepEqual(decode(hex), value))
  }

  it('reads binaries, whole and in chunks', () => {
    for (const hex of [
      '23 010203',
      '3403 010203',
      '42 0003 010203',
      '41 0001 01 22 0203',
      '41 0001 01 41 0001 02 42 0001 03',
    ]) {
      const data = decode(hex)
      assert.ok(data instanceof Data)
      assert.equal(data.toString('hex'), '010203', hex)
    }
  })

  it('reads dates', () => {
    assert.deepEqual(decode('4a 000000d04b9284b8'), new Date(894621091000))
    assert.deepEqual(decode('4b 00e383 8f'.replaceAll(' ', '')), new Date(14910351 * 60_000))
  })

  it('keeps references the same object', () => {
    const [first, second] = decode('57 78 51 91 5a') as object[]
    assert.equal(first, second)
    const cycle = decode(`48 01 61 51 90 5a`) as { a: object }
    assert.equal(cycle.a, cycle)
  })

  it('does not let a key set the prototype', () => {
    const value = decode(`48 09 ${text('__proto__')} 48 01 61 90 5a 5a`) as object
    assert.equal(Object.getPrototypeOf(value), Object.prototype)
  })

  const invalid: [hex: string, problem: RegExp][] = [
    ['45', /unknown code 0x45/],
    ['5a', /unknown code 0x5a/],
    ['49 0000', /unexpected end/],
    ['05 61', /unexpected end/],
    ['57 90', /unexpected end/],
    ['58 d7ffff', /unexpected end/],
    ['56 90 90', /invalid type/],
    ['58 8f', /invalid count/],
    ['60', /class 0 is not defined/],
    ['51 90', /reference 0 leads nowhere/],
    ['48 78 90 5a', /unsupported map key/],
    ['52 0001 61 90', /string chunk is missing/],
    ['01 ff', /invalid UTF-8/],
    ['58'.repeat(100_000), /unexpected list or map/],
    ['57'.repeat(100_000), /nested too deeply/],
    [`${'43 00 90'.repeat(100_000)}`, /unexpected end/],
  ]
  for (const [hex, problem] of invalid) {
    it(`refuses ${hex.slice(0, 20)}: ${problem.source}`, () =>
      assert.throws(() => decode(hex), problem))
  }
})

describe('Hessian.encode', () => {
  const cases: [value: unknown, hex: string][] = [
    [null, '4e'],
    [undefined, '4e'],
    [() => 1, '4e'],
    [true, '54'],
    [5, '4900000005'],
    [-1, '49ffffffff'],
    [2 ** 31, '4c0000000080000000'],
    [-(2n ** 63n), '4c8000000000000000'],
    [0.5, '443fe0000000000000'],
    [-0, '448000000000000000'],
    ['', '00'],
    ['é', '01c3a9'],
    ['😀', '02eda0bdedb880'],
    ['€', '01e282ac'],
    [new Date(894621091000), '4a000000d04b9284b8'],
    [[1, [2], {}], '4900000001794900000002' + '485a'],
    [{ a: null }, '4801614e5a'],
    [new Map([[1, 'b']]), '48490000000101625a'],
    [new Data('0102', 'hex'), '4200020102'],
  ]
  for (const [value, hex] of cases) {
    it(`writes ${hex}`, () => assert.equal(encode(value), hex))
  }

  it('comes back from decode', () => {
    const long = '😀'.repeat(50_000)
    const values = [
      { a: [1, [true, null], 1.5, 'x'.repeat(31), 'y'.repeat(1024), { b: {} }] },
      [],
      long,
      `x${long}`,
      'z'.repeat(65_535),
      2 ** 40,
      2n ** 62n,
      -5,
    ]
    for (const value of values) {
      assert.deepEqual(scriptHessian.decode(scriptHessian.encode([value])), value)
    }
    const big = Buffer.alloc(100_000, 7)
    const data = scriptHessian.decode(scriptHessian.encode(Data.fromBytes(big))) as Data
    assert.ok(data.toBytes().equals(big))
  })

  it('refuses what cannot be written', () => {
    const cycle: unknown[] = []
    cycle.push(cycle)
    assert.throws(() => encode(cycle), /nested too deeply/)
    assert.throws(() => encode(2n ** 63n), /too large/)
    assert.throws(() => scriptHessian.encode(), /requires 1 or more arguments/)
  })
})
