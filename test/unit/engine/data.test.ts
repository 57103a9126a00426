import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { Data, type Slab } from '../../../src/engine/data.ts'
import { CTL_BATCH } from '../../../src/native/protocol.ts'

function slab(text: string): Slab {
  return { bytes: Buffer.from(text), control: new Int32Array(8) }
}

describe('Data', () => {
  test('made of nothing, a size, text, or other Data', () => {
    assert.equal(new Data().size, 0)
    assert.equal(new Data(null).size, 0)
    assert.deepEqual([...new Data(3).toBytes()], [0, 0, 0], 'memory is zeroed')
    assert.equal(new Data('héllo').size, 6)
    assert.equal(new Data(new Data('abc')).toString(), 'abc')
  })

  test('what it cannot be made of is named', () => {
    assert.throws(() => new Data(-1), /argument #1 expects a size/)
    assert.throws(() => new Data(1.5), /argument #1 expects a size/)
    assert.throws(() => new Data({} as string), /argument #1 expects a number, a string/)
    assert.throws(() => new Data('a', 'rot13' as 'hex'), /unknown encoding: rot13/)
  })

  const encodings: [encoding: 'hex' | 'hdex' | 'base64' | 'base64url', text: string][] = [
    ['hex', '00ff10'],
    ['hdex', '00ff10'],
    ['base64', 'AP8Q'],
    ['base64url', 'AP8Q'],
  ]
  for (const [encoding, text] of encodings) {
    test(`${encoding}: decoded and encoded`, () => {
      const data = new Data(text, encoding)
      assert.deepEqual([...data.toBytes()], [0, 255, 16])
      assert.equal(data.toString(encoding), text)
    })
  }

  const bad: [encoding: 'hex' | 'base64' | 'base64url', text: string, message: RegExp][] = [
    ['hex', 'abc', /incomplete hex/],
    ['hex', 'zz', /invalid hex/],
    ['base64', 'QQ', /incomplete Base64/],
    ['base64', 'Q*==', /invalid Base64/],
    ['base64url', 'Q+==', /invalid Base64url/],
  ]
  for (const [encoding, text, message] of bad) {
    test(`${encoding}: ${text} is refused`, () => {
      assert.throws(() => new Data(text, encoding), message)
    })
  }

  test('push appends in place and returns itself', () => {
    const data = new Data('a')
    assert.equal(data.push('b').push(new Data('c')), data)
    assert.equal(data.size, 3)
    assert.equal(data.toString(), 'abc')
    assert.throws(() => data.push(1 as never), /argument #1 expects a string/)
  })

  test('pushing Data does not tie the two together', () => {
    const first = new Data('a')
    const second = new Data('b')
    first.push(second)
    second.push('!')
    assert.equal(first.toString(), 'ab')
    const itself = new Data('x')
    assert.equal(itself.push(itself).toString(), 'xx')
  })

  test('shift takes from the front, at most what there is', () => {
    const data = new Data('ab').push('cd')
    assert.equal(data.shift(3).toString(), 'abc')
    assert.equal(data.toString(), 'd')
    assert.equal(data.shift(9).toString(), 'd')
    assert.equal(data.size, 0)
    assert.equal(data.shift(1).size, 0)
    assert.throws(() => data.shift(-1), /size in bytes/)
  })

  test('borrowed bytes are read where they are', () => {
    const data = Data.borrow(slab('..hello..'), 2, 5)
    assert.equal(data.size, 5)
    assert.equal(data.slabOffset, 2)
    assert.equal(data.toString(), 'hello')
  })

  test('borrowed bytes are gone with their batch: using them is an error', () => {
    const memory = slab('secret of another connection')
    const data = Data.borrow(memory, 0, 6)
    memory.control[CTL_BATCH] = 1
    for (const use of [
      () => data.toBytes(),
      () => data.toString(),
      () => data.own(),
      () => data.slabOffset,
      () => new Data(data),
      () => new Data('x').push(data),
      () => data.shift(1),
    ]) {
      assert.throws(use, /used after the batch/)
    }
    assert.equal(data.size, 6, 'the size may still be asked')
  })

  test('owned bytes outlive the batch and do not change with the slab', () => {
    const memory = slab('hello')
    const data = Data.borrow(memory, 0, 5)
    assert.equal(data.own(), data)
    assert.equal(data.slabOffset, -1)
    memory.bytes.fill('x')
    memory.control[CTL_BATCH] = 1
    assert.equal(data.toString(), 'hello')
  })

  test('a clone shares the bytes, and changes stay apart', () => {
    const memory = slab('hello')
    const borrowed = Data.borrow(memory, 0, 5)
    const clone = borrowed.clone()
    assert.equal(clone.slabOffset, 0)
    assert.equal(clone.push('!').toString(), 'hello!')
    assert.equal(borrowed.toString(), 'hello')
    const owned = new Data('a').push('b')
    owned.clone().shift(1)
    assert.equal(owned.toString(), 'ab')
    memory.control[CTL_BATCH] = 1
    assert.throws(() => borrowed.clone().toBytes(), /used after the batch/)
  })

  test('copies and changes of borrowed Data never write to the slab', () => {
    const memory = slab('hello')
    const data = Data.borrow(memory, 0, 5)
    const copy = new Data(data)
    assert.equal(data.push('!').toString(), 'hello!')
    assert.equal(copy.toString(), 'hello')
    assert.equal(memory.bytes.toString(), 'hello')
  })
})
