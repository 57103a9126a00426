import type * as Crypto from 'node:crypto'
import { createRequire } from 'node:module'
import type * as Tls from 'node:tls'

const require: NodeJS.Require = createRequire(import.meta.url)

/** Node's TLS, loaded at its first use: programs without TLS do not pay for it at their start. */
export function nodeTls(): typeof Tls {
  return require('node:tls') as typeof Tls
}

/** Node's cryptography, in the same way. */
export function nodeCrypto(): typeof Crypto {
  return require('node:crypto') as typeof Crypto
}
