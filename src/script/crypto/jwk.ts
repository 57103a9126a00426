import { createPublicKey, type KeyObject } from 'node:crypto'
import { checkOptionalObject, expected } from '../arguments.ts'

/** The members of each kind of key that are public. */
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  RSA: ['n', 'e'],
  EC: ['crv', 'x', 'y'],
}

/** A public key in the form of RFC 7517. */
export class JWK {
  readonly #key: KeyObject | null

  /** Throws when the key is neither of RSA nor of an elliptic curve. */
  constructor(jwk: Readonly<Record<string, unknown>>) {
    const given = checkOptionalObject(jwk, 1) ?? expected(1, 'an object')
    const kty = String(given.kty)
    const members = Object.hasOwn(MEMBERS, kty) ? MEMBERS[kty] : undefined
    if (members === undefined) throw new Error('unknown key type')
    this.#key = importKey(kty, members, given)
  }

  /** Whether the members make up a key. */
  get isValid(): boolean {
    return this.#key !== null
  }

  /** The key of a JWK, null if it is not valid; engine-internal. */
  static keyOf(jwk: JWK): KeyObject | null {
    return jwk.#key
  }
}

function importKey(
  kty: string,
  members: readonly string[],
  given: Readonly<Record<string, unknown>>,
): KeyObject | null {
  const key: Record<string, string> = { kty }
  for (const name of members) {
    const value = given[name]
    if (typeof value !== 'string') return null
    key[name] = value
  }
  try {
    return createPublicKey({ key, format: 'jwk' })
  } catch {
    // Not a point of the curve, an unknown curve, not Base64url.
    return null
  }
}
