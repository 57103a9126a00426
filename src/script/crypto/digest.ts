import { getHashes } from 'node:crypto'
import { checkString } from '../arguments.ts'

/** The message digests that scripts may name. */
const DIGESTS: readonly string[] = [
  'md4',
  'md5',
  'md5-sha1',
  'blake2b512',
  'blake2s256',
  'sha1',
  'sha224',
  'sha256',
  'sha384',
  'sha512',
  'sha512-224',
  'sha512-256',
  'sha3-224',
  'sha3-256',
  'sha3-384',
  'sha3-512',
  'shake128',
  'shake256',
  'mdc2',
  'ripemd160',
  'whirlpool',
  'sm3',
]

// OpenSSL 3 keeps the broken ones (md4, mdc2, whirlpool) out unless its legacy provider is loaded.
const BUILT_IN = new Set(getHashes())
const AVAILABLE: ReadonlySet<string> = new Set(DIGESTS.filter((name) => BUILT_IN.has(name)))

/** Checks the name of a message digest. */
export function checkDigest(name: unknown, position: number): string {
  const digest = checkString(name, position)
  if (!AVAILABLE.has(digest)) throw new TypeError('unknown message digest')
  return digest
}
