import { timingSafeEqual } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'
import { isIP } from 'node:net'

/** Who may use an HTTP server that steers this process. */
export interface AccessPolicy {
  /** Names, beside IP addresses and `localhost`, that clients may know the server by. */
  readonly hostNames: readonly string[]
  readonly token: string
  /** Requests that have to show the token. */
  readonly tokenFor: 'nothing' | 'changes' | 'everything'
}

/** What of a request decides about it. */
export interface AccessRequest {
  readonly method: string
  readonly headers: IncomingHttpHeaders
  /** It tells nothing that needs protection, as a health check does. */
  readonly isPublic: boolean
}

/** Why a request is not served, as the answer to it. */
export interface Refusal {
  readonly status: 401 | 403 | 421
  readonly error: string
  readonly message: string
}

/**
 * Checks a request against the policy; null lets it pass.
 *
 * - A page of another site can have its own name resolve to this machine (DNS rebinding); then the
 *   browser sends that name as Host. An IP address cannot be rebound.
 * - A page of another site can send requests here without reading the answers (CSRF); browsers tell
 *   in Sec-Fetch-Site or Origin. Programs send neither.
 */
export function refuse(request: AccessRequest, policy: AccessPolicy): Refusal | null {
  const { method, headers, isPublic } = request
  const isChange = method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS'
  if (!isKnownHost(headers.host, policy.hostNames)) {
    const message = `Host "${headers.host ?? ''}" is not a name of this server: use its IP address`
    return { status: 421, error: 'unknown_host', message }
  }
  if (isFromAnotherSite(headers, isChange)) {
    const message = 'the request comes from a page of another site'
    return { status: 403, error: 'cross_site', message }
  }
  const needsToken =
    !isPublic && (policy.tokenFor === 'everything' || (policy.tokenFor === 'changes' && isChange))
  if (needsToken && !hasToken(headers.authorization, policy.token)) {
    const message = 'the token is needed: send "Authorization: Bearer <token>"'
    return { status: 401, error: 'token_needed', message }
  }
  return null
}

/** Whether an address that a server is bound to can be reached from this machine only. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d+\.\d+\.\d+$/.test(host)
}

function isKnownHost(host: string | undefined, names: readonly string[]): boolean {
  if (host === undefined) return false
  const name = host.replace(/:\d*$/, '').toLowerCase()
  if (isIP(name.replace(/^\[(.*)\]$/, '$1')) !== 0) return true
  return name === 'localhost' || names.includes(name)
}

function isFromAnotherSite(headers: IncomingHttpHeaders, isChange: boolean): boolean {
  const site = headers['sec-fetch-site']
  // A link on another page may lead here; it shows the user something, and tells that page nothing.
  if (!isChange && headers['sec-fetch-mode'] === 'navigate') return false
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true
  const { origin, host } = headers
  return origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`
}

function hasToken(authorization: string | undefined, token: string): boolean {
  const [, given = ''] = /^Bearer +(\S+)$/i.exec(authorization ?? '') ?? []
  const one = Buffer.from(given)
  const other = Buffer.from(token)
  return one.length === other.length && timingSafeEqual(one, other)
}
