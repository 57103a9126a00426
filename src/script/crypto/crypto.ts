import { Hash } from './hash.ts'
import { Hmac } from './hmac.ts'
import { JWK } from './jwk.ts'
import { JWT } from './jwt.ts'
import { Verify } from './verify.ts'

/** The `crypto` that scripts see. */
export interface ScriptCrypto {
  readonly Hash: typeof Hash
  readonly Hmac: typeof Hmac
  readonly Verify: typeof Verify
  readonly JWK: typeof JWK
  readonly JWT: typeof JWT
}

/** The `crypto` that scripts see. */
export const scriptCrypto: ScriptCrypto = { Hash, Hmac, Verify, JWK, JWT }
