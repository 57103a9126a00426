import { Affinity } from '../../balancer/affinity.ts'
import { hashText } from '../../balancer/hash.ts'
import { StickyCookie, type StickyCookieOptions } from '../../balancer/sticky-cookie.ts'
import type { ReadAffinity } from '../tie-request.ts'
import type { CookieOf } from '../tie-response.ts'
import { cookieValue } from './cookie-value.ts'
import type { ReadKey } from './request-key.ts'

/** How requests are tied to the endpoints of an upstream. */
export interface Ties {
  readonly read: ReadAffinity
  /** Undefined when nothing is written into responses. */
  readonly cookieOf: CookieOf | undefined
}

/**
 * The ties of an upstream, by what consistent pickers go by, by a cookie, or both; undefined for
 * neither. `addresses` are its endpoints'.
 */
export function tiesOf(
  keyOf: ReadKey | undefined,
  sticky: StickyCookieOptions | undefined,
  addresses: readonly string[],
): Ties | undefined {
  if (keyOf === undefined && sticky === undefined) return undefined
  const cookie = sticky === undefined ? undefined : new StickyCookie(addresses, sticky)
  return {
    read: (request, context) => {
      // Requests that do not have the key go to one endpoint.
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
