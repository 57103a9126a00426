import { createHmac, type Hmac as NodeHmac } from 'node:crypto'
import type { Data, DataEncoding } from '../../engine/data.ts'
import { checkDigest } from './digest.ts'
import { bytesOf, inEncoding } from './encoding.ts'

/** Computes a message authentication code. */
export class Hmac {
  readonly #hmac: NodeHmac

  constructor(algorithm: string, key: Data | string) {
    this.#hmac = createHmac(checkDigest(algorithm, 1), bytesOf(key, 2))
  }

  /** Adds bytes, or text in an encoding. */
  update(data: Data | string, encoding?: DataEncoding | null): this {
    this.#hmac.update(bytesOf(data, 1, encoding))
    return this
  }

  /** Ends the computation: the code as `Data`, or as text if an encoding is given. */
  digest(encoding?: DataEncoding | null): Data | string {
    return inEncoding(this.#hmac.digest(), encoding)
  }
}
