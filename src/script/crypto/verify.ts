import {
  createPublicKey,
  createVerify,
  type KeyObject,
  type Verify as NodeVerify,
} from 'node:crypto'
import type { Data, DataEncoding } from '../../engine/data.ts'
import { checkDigest } from './digest.ts'
import { bytesOf } from './encoding.ts'

/** Checks a signature: RSA (PKCS #1 v1.5) or elliptic curve (DER). */
export class Verify {
  readonly #verify: NodeVerify

  constructor(algorithm: string) {
    this.#verify = createVerify(checkDigest(algorithm, 1))
  }

  /** Adds bytes, or text in an encoding. */
  update(data: Data | string, encoding?: DataEncoding | null): this {
    this.#verify.update(bytesOf(data, 1, encoding))
    return this
  }

  /** Whether the signature of what was added is right; throws when the key is not one. */
  verify(key: Data | string, signature: Data | string, encoding?: DataEncoding | null): boolean {
    return this.#verify.verify(publicKey(key), bytesOf(signature, 2, encoding))
  }
}

function publicKey(pem: Data | string): KeyObject {
  const bytes = bytesOf(pem, 1)
  try {
    return createPublicKey(bytes)
  } catch {
    throw new Error('invalid public key')
  }
}
