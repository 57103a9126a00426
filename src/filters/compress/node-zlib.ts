import { createRequire } from 'node:module'
import type * as Zlib from 'node:zlib'

const require: NodeJS.Require = createRequire(import.meta.url)

/** Node's compression, loaded at its first use: programs without it start 2 ms earlier. */
export function nodeZlib(): typeof Zlib {
  return require('node:zlib') as typeof Zlib
}
