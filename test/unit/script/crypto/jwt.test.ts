import assert from 'node:assert/strict'
import { createHmac, generateKeyPairSync, sign } from 'node:crypto'
import { describe, it } from 'node:test'
import { Data } from '../../../../src/engine/data.ts'
import { JWK } from '../../../../src/script/crypto/jwk.ts'
import { JWT } from '../../../../src/script/crypto/jwt.ts'

const rsa = generateKeyPairSync('rsa', { modulusLength: 2048 })
const ec256 = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const ec384 = generateKeyPairSync('ec', { namedCurve: 'P-384' })
const pemOf = (key: typeof rsa.publicKey) => key.export({ type: 'spki', format: 'pem' }).toString()
const jwkOf = (key: typeof rsa.publicKey) =>
  new JWK(key.export({ format: 'jwk' }) as Record<string, unknown>)

const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url')

function token(alg: string, signer: (text: string) => Buffer): string {
  const text = `${part({ alg })}.${part({ sub: 'me' })}`
  return `${text}.${signer(text).toString('base64url')}`
}

const hmac = (secret: string) => (text: string) =>
  createHmac('sha256', secret).update(text).digest()
const signed =
  (key: typeof rsa.privateKey, digest = 'sha256') =>
  (text: string) =>
    sign(digest, Buffer.from(text), { key, dsaEncoding: 'ieee-p1363' })

describe('crypto.JWT', () => {
  it('reads a token', () => {
    const jwt = new JWT(token('HS256', hmac('secret')))
    assert.equal(jwt.isValid, true)
    assert.deepEqual(jwt.header, { alg: 'HS256' })
    assert.deepEqual(jwt.payload, { sub: 'me' })
  })

  it('verifies tokens of a secret', () => {
    const jwt = new JWT(token('HS256', hmac('secret')))
    assert.equal(jwt.verify('secret'), true)
    assert.equal(jwt.verify(new Data('secret')), true)
    assert.equal(jwt.verify('other'), false)
  })

  it('verifies tokens of RSA and elliptic curve keys, by PEM and by JWK', () => {
    for (const [alg, keys, digest] of [
      ['RS256', rsa, 'sha256'],
      ['RS512', rsa, 'sha512'],
      ['ES256', ec256, 'sha256'],
      ['ES384', ec384, 'sha384'],
    ] as const) {
      const jwt = new JWT(token(alg, signed(keys.privateKey, digest)))
      assert.equal(jwt.verify(pemOf(keys.publicKey)), true, alg)
      assert.equal(jwt.verify(new Data(pemOf(keys.publicKey))), true, alg)
      assert.equal(jwt.verify(jwkOf(keys.publicKey)), true, alg)
    }
    const other = generateKeyPairSync('ec', { namedCurve: 'P-256' })
    assert.equal(
      new JWT(token('ES256', signed(other.privateKey))).verify(pemOf(ec256.publicKey)),
      false,
    )
  })

  it('never takes a public key for a secret', () => {
    for (const key of [rsa, ec256]) {
      const pem = pemOf(key.publicKey)
      assert.equal(new JWT(token('HS256', hmac(pem))).verify(pem), false)
      assert.equal(new JWT(token('HS256', hmac(pem))).verify(jwkOf(key.publicKey)), false)
    }
  })

  it('never takes a key for one of another kind or curve', () => {
    assert.equal(
      new JWT(token('ES256', signed(ec384.privateKey))).verify(pemOf(ec384.publicKey)),
      false,
    )
    assert.equal(
      new JWT(token('RS256', signed(ec256.privateKey))).verify(pemOf(ec256.publicKey)),
      false,
    )
    assert.equal(
      new JWT(token('ES256', signed(rsa.privateKey))).verify(pemOf(rsa.publicKey)),
      false,
    )
    assert.equal(new JWT(token('RS256', hmac('secret'))).verify('secret'), false)
    assert.equal(new JWT(token('HS256', hmac(''))).verify(''), false)
  })

  it('takes no token without a supported algorithm', () => {
    const valid = token('HS256', hmac('k'))
    const [header = '', payload = '', signature = ''] = valid.split('.')
    for (const text of [
      '',
      'a.b',
      `${valid}.x`,
      `${header}.${payload}.`,
      `${header}.${payload}.${signature}=`,
      `${header}.!!.${signature}`,
      `${part([])}.${payload}.${signature}`,
      `${part({ alg: 'none' })}.${payload}.${signature}`,
      `${part({ alg: 'constructor' })}.${payload}.${signature}`,
      `${part({})}.${payload}.${signature}`,
    ]) {
      const jwt = new JWT(text)
      assert.equal(jwt.isValid, false, text)
      assert.equal(jwt.verify('k'), false, text)
    }
  })

  it('checks its arguments', () => {
    assert.throws(() => new JWT(1 as never), /argument #1 expects a string/)
    assert.throws(() => new JWT('').verify(1 as never), /argument #1 expects/)
  })
})

describe('crypto.JWK', () => {
  it('is valid when its members make up a key', () => {
    assert.equal(jwkOf(rsa.publicKey).isValid, true)
    assert.equal(new JWK({ kty: 'RSA', n: 'x' }).isValid, false)
    assert.equal(new JWK({ kty: 'EC', crv: 'P-256', x: 'AA', y: 'AA' }).isValid, false)
  })

  it('is of RSA or an elliptic curve', () => {
    assert.throws(() => new JWK({ kty: 'oct', k: 'AA' }), /unknown key type/)
    assert.throws(() => new JWK(null as never), /argument #1 expects an object/)
  })
})
