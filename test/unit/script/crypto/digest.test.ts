import assert from 'node:assert/strict'
import { createSign, generateKeyPairSync } from 'node:crypto'
import { describe, it } from 'node:test'
import { Data } from '../../../../src/engine/data.ts'
import { scriptCrypto } from '../../../../src/script/crypto/crypto.ts'

const { Hash, Hmac, Verify } = scriptCrypto

describe('crypto.Hash', () => {
  const ABC = 'ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad'

  it('digests text and data, also in pieces', () => {
    assert.equal(new Hash('sha256').update('abc').digest('hex'), ABC)
    assert.equal(new Hash('sha256').update('a').update(new Data('bc')).digest('hdex'), ABC)
    assert.equal(new Hash('sha256').update('YWJj', 'base64').digest('hex'), ABC)
    const data = new Hash('sha256').update('abc').digest()
    assert.ok(data instanceof Data)
    assert.equal(data.toString('hex'), ABC)
    assert.equal(new Hash('md5').update('').digest('base64'), '1B2M2Y8AsgTpgAmY7PhCfg==')
    assert.equal(new Hash('md5').update('').digest('base64url'), '1B2M2Y8AsgTpgAmY7PhCfg')
  })

  it('knows the digests it names and no others', () => {
    for (const name of ['md5-sha1', 'sha3-256', 'sha512-256', 'blake2b512', 'shake128', 'sm3']) {
      assert.ok(new Hash(name).update('').digest() instanceof Data, name)
    }
    for (const name of ['RSA-SHA256', 'nonsense', '__proto__']) {
      assert.throws(() => new Hash(name), { message: 'unknown message digest' })
    }
    assert.throws(() => new Hash(1 as never), /argument #1 expects a string/)
    assert.throws(
      () => new Hash('md5').update(1 as never),
      /expects a string or an instance of Data/,
    )
    assert.throws(() => new Hash('md5').digest('x' as never), /unknown encoding/)
  })
})

describe('crypto.Hmac', () => {
  it('authenticates with a key', () => {
    // RFC 4231, test case 2.
    const expected = '5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843'
    const message = 'what do ya want for nothing?'
    assert.equal(new Hmac('sha256', 'Jefe').update(message).digest('hex'), expected)
    assert.equal(new Hmac('sha256', new Data('Jefe')).update(message).digest('hex'), expected)
  })
})

describe('crypto.Verify', () => {
  const keys = {
    rsa: generateKeyPairSync('rsa', { modulusLength: 2048 }),
    ec: generateKeyPairSync('ec', { namedCurve: 'P-256' }),
  }
  for (const [name, { publicKey, privateKey }] of Object.entries(keys)) {
    it(`checks signatures of ${name}`, () => {
      const signature = createSign('sha256').update('text').sign(privateKey)
      const pem = publicKey.export({ type: 'spki', format: 'pem' }).toString()
      const verify = (text: string) => new Verify('sha256').update(text)
      assert.equal(verify('text').verify(pem, Data.fromBytes(signature)), true)
      assert.equal(
        verify('text').verify(new Data(pem), signature.toString('base64'), 'base64'),
        true,
      )
      assert.equal(verify('other').verify(pem, Data.fromBytes(signature)), false)
      assert.equal(verify('text').verify(pem, 'nonsense'), false)
      assert.throws(
        () => verify('text').verify('no key', Data.fromBytes(signature)),
        /invalid public key/,
      )
    })
  }
})
