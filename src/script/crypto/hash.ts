import { createHash, type Hash as NodeHash } from 'node:crypto'
import type { Data, DataEncoding } from '../../engine/data.ts'
import { checkDigest } from './digest.ts'
import { bytesOf, inEncoding } from './encoding.ts'

/** Computes a message digest. */
export class Hash {
  readonly #hash: NodeHash

  constructor(algorithm: string) {
    this.#hash = createHash(checkDigest(algorithm, 1))
  }

  /** Adds bytes, or text in an encoding. */
  update(data: Data | string, encoding?: DataEncoding | null): this {
    this.#hash.update(bytesOf(data, 1, encoding))
    return this
  }

  /** Ends the computation: the digest as `Data`, or as text if an encoding is given. */
  digest(encoding?: DataEncoding | null): Data | string {
    return inEncoding(this.#hash.digest(), encoding)
  }
}
