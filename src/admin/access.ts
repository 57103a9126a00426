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
  /** Name of a cookie that may have the token, for pages. */
  readonly cookie?: string
  /** Nothing may be changed, by nobody. */
  readonly isReadonly?: boolean
}

/** What of a request decides about it. */
export interface AccessRequest {
  readonly method: string
  readonly headers: IncomingHttpHeaders
  /** It is for a page, which a link on a page of another site may lead to. */
  readonly isPage: boolean
  /** It tells nothing that needs protection, as a health check does. */
  readonly isPublic: boolean
  /** It changes nothing, whatever its method. */
  readonly isReading: boolean
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
  const { method, headers, isPage, isPublic } = request
  const isUnsafe = method !== 'GET' && method !== 'HEAD' && method !== 'OPTIONS'
  const isChange = isUnsafe && !request.isReading
  if (!isKnownHost(headers.host, policy.hostNames)) {
    const message = `Host "${headers.host ?? ''}" is not a name of this server: use its IP address`
    return { status: 421, error: 'unknown_host', message }
  }
  if (isFromAnotherSite(headers) && !(isPage && !isUnsafe && isOpened(headers))) {
    const message = 'the request comes from a page of another site'
    return { status: 403, error: 'cross_site', message }
  }
  const needsToken =
    !isPublic && (policy.tokenFor === 'everything' || (policy.tokenFor === 'changes' && isChange))
  if (needsToken && !hasToken(headers, policy)) {
    const message = 'the token is needed: send "Authorization: Bearer <token>"'
    return { status: 401, error: 'token_needed', message }
  }
  if (policy.isReadonly === true && isChange) {
    const message = 'nothing can be changed here: it was started with --gui-readonly'
    return { status: 403, error: 'read_only', message }
  }
  return null
}

/** Whether a request shows the token, in one of the ways that the policy allows. */
export function hasToken(
  { authorization, cookie = '' }: IncomingHttpHeaders,
  policy: AccessPolicy,
): boolean {
  const [, bearer] = /^Bearer +(\S+)$/i.exec(authorization ?? '') ?? []
  if (bearer !== undefined) return isToken(bearer, policy.token)
  if (policy.cookie === undefined) return false
  const pairs = cookie.split(';').map((pair) => pair.trim())
  const prefix = `${policy.cookie}=`
  const found = pairs.find((pair) => pair.startsWith(prefix))
  return found !== undefined && isToken(found.slice(prefix.length), policy.token)
}

/** Compares without telling by the time how much of it is right. */
export function isToken(given: string, token: string): boolean {
  const one = Buffer.from(given)
  const other = Buffer.from(token)
  return one.length === other.length && timingSafeEqual(one, other)
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

function isFromAnotherSite(headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true
  const { origin, host } = headers
  return origin !== undefined && origin !== `http://${host}` && origin !== `https://${host}`
}

/** It shows the user something in a window of its own, and tells the page with the link nothing. */
function isOpened(headers: IncomingHttpHeaders): boolean {
  return headers['sec-fetch-mode'] === 'navigate' && headers['sec-fetch-dest'] === 'document'
}
