import { createRequire } from 'node:module'

/** The attributes of RFC 6265 §4.1.1 that a cookie has, and the secret of its values. */
export interface StickyCookieOptions {
  readonly cookie: string
  readonly secret: string
  readonly path: string
  readonly domain?: string
  /** 0 for a cookie that ends with the browser's session. */
  readonly maxAgeSeconds: number
  readonly sameSite: 'Strict' | 'Lax' | 'None'
  readonly isSecure: boolean
}

/** What configs and scripts mean where they say nothing. */
export const STICKY_DEFAULTS = {
  cookie: 'sluice',
  secret: '',
  path: '/',
  maxAge: 0,
  sameSite: 'Lax',
  secure: false,
} as const

/** What an attribute of a cookie may have (RFC 6265 §4.1.1: av-octet). */
export const COOKIE_ATTRIBUTE = /^[\x20-\x3a\x3c-\x7e]*$/

/** 64 bits: nobody guesses one, and endpoints do not get the same. */
const ID_DIGITS = 16

/**
 * A cookie whose value stands for an endpoint. It is a keyed hash of the address: it tells nothing
 * about the endpoint, nobody can make one without the secret, and it is the same on all workers and
 * after a reload. Hashes are made once, so that a request costs a look-up.
 */
export class StickyCookie {
  readonly name: string
  readonly #ids: readonly string[]
  readonly #attributes: string

  constructor(addresses: readonly string[], options: StickyCookieOptions) {
    const { cookie, secret, path, domain, maxAgeSeconds, sameSite, isSecure } = options
    // Loaded only where a cookie is wanted.
    const { createHmac } = createRequire(import.meta.url)(
      'node:crypto',
    ) as typeof import('node:crypto')
    this.name = cookie
    this.#ids = addresses.map((address) =>
      createHmac('sha256', secret).update(address).digest('hex').slice(0, ID_DIGITS),
    )
    this.#attributes = [
      `Path=${path}`,
      ...(domain === undefined ? [] : [`Domain=${domain}`]),
      ...(maxAgeSeconds === 0 ? [] : [`Max-Age=${maxAgeSeconds}`]),
      'HttpOnly',
      `SameSite=${sameSite}`,
      ...(isSecure ? ['Secure'] : []),
    ].join('; ')
  }

  /** Index of the endpoint that a cookie's value stands for; -1 if there is none. */
  endpointOf(value: string | undefined): number {
    return value === undefined ? -1 : this.#ids.indexOf(value)
  }

  /** The value of `Set-Cookie` that ties a client to an endpoint. */
  setCookie(endpoint: number): string {
    return `${this.name}=${this.#ids[endpoint]}; ${this.#attributes}`
  }
}
