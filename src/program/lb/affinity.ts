import { Affinity } from '../../balancer/affinity.ts'
import { hashText } from '../../balancer/hash.ts'
import { StickyCookie } from '../../balancer/sticky-cookie.ts'
import { cookieValue } from '../../filters/http/cookie-value.ts'
import { readerOf } from '../../filters/http/request-key.ts'
import type { ReadAffinity } from '../../filters/tie-request.ts'
import type { CookieOf } from '../../filters/tie-response.ts'
import type { UpstreamSpec } from '../spec.ts'

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
  // Requests that do not have the key go to one endpoint.
  const keyOf = hash === undefined ? undefined : readerOf(hash)
  return {
    read: (request, context) => {
      const key = keyOf === undefined ? 0 : hashText(keyOf(request, context))
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
