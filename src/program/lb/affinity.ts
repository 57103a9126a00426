import { Affinity } from '../../balancer/affinity.ts'
import { hashText } from '../../balancer/hash.ts'
import { StickyCookie } from '../../balancer/sticky-cookie.ts'
import type { Context } from '../../engine/context.ts'
import { cookieValue } from '../../filters/http/cookie-value.ts'
import type { RequestView } from '../../filters/route/request-view.ts'
import type { ReadAffinity } from '../../filters/tie-request.ts'
import type { CookieOf } from '../../filters/tie-response.ts'
import type { UpstreamSpec } from '../spec.ts'
import type { HashKeySpec } from '../upstream-policies.ts'

/** How requests to an upstream are tied to its endpoints. */
export interface Ties {
  readonly read: ReadAffinity
  /** Undefined when nothing is written into responses. */
  readonly cookieOf: CookieOf | undefined
}

/** What an upstream says about ties; undefined if it has none. `addresses` are its endpoints'. */
export function tiesOf(spec: UpstreamSpec, addresses: readonly string[]): Ties | undefined {
  const { hash, sticky } = spec
  if (hash === undefined && sticky === undefined) return undefined
  const cookie = sticky === undefined ? undefined : new StickyCookie(addresses, sticky)
  return {
    read: (request, context) => {
      const key = hash === undefined ? 0 : hashText(keyOf(hash, request, context))
      if (cookie === undefined) return new Affinity(key, -1)
      const value = cookieValue(request.field('cookie'), cookie.name)
      return new Affinity(key, cookie.endpointOf(value))
    },
    cookieOf:
      cookie === undefined
        ? undefined
        : ({ address, wanted }) => {
            const endpoint = addresses.indexOf(address)
            return endpoint < 0 || endpoint === wanted ? undefined : cookie.setCookie(endpoint)
          },
  }
}

/** What is hashed; empty when the request does not have it, so that those go to one endpoint. */
function keyOf(hash: HashKeySpec, request: RequestView, context: Context): string {
  switch (hash.type) {
    case 'path':
      return request.path
    case 'address':
      return context.inbound?.remoteAddress ?? ''
    case 'header':
      return request.field(hash.name) ?? ''
    case 'cookie':
      return cookieValue(request.field('cookie'), hash.name) ?? ''
    case 'query':
      return request.parameter(hash.name) ?? ''
  }
}
