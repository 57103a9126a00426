import type { RequestInfo } from '../../engine/request-info.ts'
import type { RequestView } from '../route/request-view.ts'
import { cookieValue } from './cookie-value.ts'

/** Something about a request that tells requests apart. */
export type RequestKey =
  | 'address'
  | 'host'
  | 'path'
  | { readonly header: string }
  | { readonly cookie: string }
  | { readonly query: string }

/** What a key may be read from besides the request: whoever it came from. */
export interface KeyContext {
  readonly inbound: { readonly remoteAddress: string } | null
  /** The record of the request, where there is one. */
  readonly request?: RequestInfo | null
}

/** Reads a key; empty when the request does not have it. */
export type ReadKey = (request: RequestView, context: KeyContext) => string

/** What `readerOf` takes, for messages. */
export const KEY_FORM = 'address, host, path, or one of header, cookie, query with a name'

/** What reads a key from a request. Throws a TypeError for something that is no key. */
export function readerOf(key: RequestKey): ReadKey {
  switch (key) {
    case 'address':
      return (_, { inbound }) => inbound?.remoteAddress ?? ''
    case 'host':
      return (request) => request.host
    case 'path':
      return (request) => request.path
  }
  const [[kind, name] = [], ...others] = Object.entries(key ?? {})
  if (typeof name === 'string' && name !== '' && others.length === 0) {
    if (kind === 'header') {
      const field = name.toLowerCase()
      return (request) => request.field(field) ?? ''
    }
    if (kind === 'cookie') return (request) => cookieValue(request.field('cookie'), name) ?? ''
    if (kind === 'query') return (request) => request.parameter(name) ?? ''
  }
  throw new TypeError(`a key is ${KEY_FORM}`)
}
