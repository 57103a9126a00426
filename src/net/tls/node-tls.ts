import { createRequire } from 'node:module'
import type * as Tls from 'node:tls'

let loaded: typeof Tls | null = null

/** Node's TLS, loaded at its first use: programs without TLS do not pay for it at their start. */
export function nodeTls(): typeof Tls {
  loaded ??= createRequire(import.meta.url)('node:tls') as typeof Tls
  return loaded
}
