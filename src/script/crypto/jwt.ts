import {
  createHmac,
  createPublicKey,
  type KeyObject,
  timingSafeEqual,
  verify as verifySignature,
} from 'node:crypto'
import type { Data } from '../../engine/data.ts'
import { checkString } from '../arguments.ts'
import { bytesOf } from './encoding.ts'
import { JWK } from './jwk.ts'

/** How the algorithms of RFC 7518 §3.1 that are supported check a signature. */
interface Algorithm {
  readonly kind: 'HMAC' | 'RSA' | 'EC'
  readonly digest: string
  /** The one curve that goes with an elliptic curve algorithm. */
  readonly curve?: string
}

const ALGORITHMS: Readonly<Record<string, Algorithm>> = {
  HS256: { kind: 'HMAC', digest: 'sha256' },
  HS384: { kind: 'HMAC', digest: 'sha384' },
  HS512: { kind: 'HMAC', digest: 'sha512' },
  RS256: { kind: 'RSA', digest: 'sha256' },
  RS384: { kind: 'RSA', digest: 'sha384' },
  RS512: { kind: 'RSA', digest: 'sha512' },
  ES256: { kind: 'EC', digest: 'sha256', curve: 'prime256v1' },
  ES384: { kind: 'EC', digest: 'sha384', curve: 'secp384r1' },
  ES512: { kind: 'EC', digest: 'sha512', curve: 'secp521r1' },
}

/** A signed token in the compact form of RFC 7515. Its claims are the script's to check. */
export class JWT {
  /** Whether the token has three readable parts and an algorithm that is supported. */
  readonly isValid: boolean
  readonly header: Readonly<Record<string, unknown>> | null
  readonly payload: Readonly<Record<string, unknown>> | null
  readonly #algorithm: Algorithm | null
  readonly #signed: string
  readonly #signature: Buffer | null

  constructor(token: string) {
    const parts = checkString(token, 1).split('.')
    const [header = '', payload = '', signature = ''] = parts
    this.header = jsonOf(header)
    this.payload = jsonOf(payload)
    this.#signed = `${header}.${payload}`
    this.#signature = decode(signature)
    const name = this.header?.alg
    this.#algorithm =
      typeof name === 'string' && Object.hasOwn(ALGORITHMS, name)
        ? (ALGORITHMS[name] as Algorithm)
        : null
    this.isValid =
      parts.length === 3 &&
      this.payload !== null &&
      this.#signature !== null &&
      this.#algorithm !== null
  }

  /**
   * Whether the token was signed with a key: a secret for `HS…`, a PEM or JWK for the others. The
   * kind of key decides which algorithms are possible, whatever the token says: text that is a
   * public key is never taken for a secret, which everybody would know (RFC 8725 §3.1).
   */
  verify(key: Data | string | JWK): boolean {
    const algorithm = this.#algorithm
    const signature = this.#signature
    const bytes = key instanceof JWK ? null : bytesOf(key, 1)
    if (!this.isValid || algorithm === null || signature === null) return false
    const isPublic = bytes === null || bytes.includes('-----BEGIN ')
    if (algorithm.kind === 'HMAC') {
      if (isPublic || bytes.length === 0) return false
      const code = createHmac(algorithm.digest, bytes).update(this.#signed).digest()
      return code.length === signature.length && timingSafeEqual(code, signature)
    }
    const publicKey = key instanceof JWK ? JWK.keyOf(key) : keyOf(bytes)
    if (publicKey === null || !isFor(algorithm, publicKey)) return false
    // RFC 7518 §3.4: an elliptic curve signature is the two numbers, not DER.
    const options = { key: publicKey, dsaEncoding: 'ieee-p1363' } as const
    return verifySignature(algorithm.digest, Buffer.from(this.#signed), options, signature)
  }
}

function isFor({ kind, curve }: Algorithm, key: KeyObject): boolean {
  if (kind === 'RSA') return key.asymmetricKeyType === 'rsa'
  return key.asymmetricKeyType === 'ec' && key.asymmetricKeyDetails?.namedCurve === curve
}

function keyOf(pem: Buffer | null): KeyObject | null {
  try {
    return pem === null ? null : createPublicKey(pem)
  } catch {
    // A secret, for instance: which algorithm a token names is up to whoever sends it.
    return null
  }
}

function jsonOf(part: string): Record<string, unknown> | null {
  const bytes = decode(part)
  if (bytes === null) return null
  try {
    const value: unknown = JSON.parse(bytes.toString())
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value)
    return isObject ? (value as Record<string, unknown>) : null
  } catch {
    return null
  }
}

/** Base64url without padding; null for anything else, and for a length that cannot be. */
function decode(part: string): Buffer | null {
  if (!/^[\w-]+$/.test(part) || part.length % 4 === 1) return null
  return Buffer.from(part, 'base64url')
}
