import {
  WRITE_FORWARDED,
  WRITE_HTTPS,
  WRITE_LINES,
  WRITE_NEW_PARENT,
  WRITE_NEW_REQUEST_ID,
  WRITE_NEW_TRACE,
  WRITE_REPLACE,
  WRITE_REQUEST_ID,
  WRITE_TRUST,
  WRITE_X_FORWARDED,
} from '../../native/protocol.ts'
import { headerLines } from './header-lines.ts'
import { validRequestId } from './request-ids.ts'
import { newTraceParent, validTraceParent } from './trace-parent.ts'
import type { HttpWireHead } from './wire-head.ts'

/** What a request tells the next hop of who has asked. */
export interface ForwardingOptions {
  /** `X-Forwarded-For`, `X-Forwarded-Proto` and `X-Forwarded-Host`. */
  xForwarded?: boolean
  /** `Forwarded` (RFC 7239). */
  forwarded?: boolean
  /**
   * What becomes of such fields of the client's own. `add`, the default: lists get another element,
   * `X-Forwarded-Proto` and `-Host` are replaced. `replace`: everything is. `trust`, for clients
   * that are proxies of ours: lists get another element, and the others stay.
   */
  received?: 'add' | 'replace' | 'trust'
  /** `X-Request-Id`: the client's own if it is valid, else a new one. */
  requestId?: boolean
  /** `traceparent` (W3C Trace Context): the client's own if it is valid, else a new one. */
  traceparent?: boolean
}

/** The same for the encoder. */
export interface Forwarding {
  /** WRITE_* bits of every request. */
  readonly flags: number
  readonly hasRequestId: boolean
  readonly hasTraceParent: boolean
}

/** Reads options; `null` when they ask for nothing. Throws a TypeError with the reason. */
export function readForwarding(options: ForwardingOptions | undefined): Forwarding | null {
  if (options === undefined) return null
  const { xForwarded, forwarded, received = 'add', requestId, traceparent } = options
  if (!['add', 'replace', 'trust'].includes(received)) {
    throw new TypeError("option received must be 'add', 'replace' or 'trust'")
  }
  let flags = 0
  if (xForwarded === true) flags |= WRITE_X_FORWARDED
  if (forwarded === true) flags |= WRITE_FORWARDED
  if (flags !== 0 && received === 'replace') flags |= WRITE_REPLACE
  if (flags !== 0 && received === 'trust') flags |= WRITE_TRUST
  const hasRequestId = requestId === true
  if (hasRequestId) flags |= WRITE_REQUEST_ID
  const hasTraceParent = traceparent === true
  if (flags === 0 && !hasRequestId && !hasTraceParent) return null
  return { flags, hasRequestId, hasTraceParent }
}

/** WRITE_* bits for one request. Ids that are to be made are in `newLines`. */
export function forwardingFlags(wire: HttpWireHead, forwarding: Forwarding): number {
  let { flags } = forwarding
  if (wire.isSecure && flags !== 0) flags |= WRITE_HTTPS
  if (forwarding.hasRequestId && !validRequestId(wire.soleField('x-request-id'))) {
    flags |= WRITE_NEW_REQUEST_ID | WRITE_LINES
  }
  return forwarding.hasTraceParent ? flags | traceFlags(wire) : flags
}

function traceFlags(wire: HttpWireHead): number {
  const { span } = wire
  // Whoever has begun the span has looked at what came.
  const isChild =
    span === null ? validTraceParent(wire.soleField('traceparent')) : span.parent !== ''
  if (!isChild) return WRITE_NEW_TRACE | WRITE_LINES
  return span === null ? 0 : WRITE_NEW_PARENT | WRITE_LINES
}

/** The lines that WRITE_LINES announces. */
export function newLines(wire: HttpWireHead, flags: number): string {
  let lines = ''
  if ((flags & WRITE_NEW_REQUEST_ID) !== 0) lines += `X-Request-Id: ${wire.requestId}\r\n`
  if ((flags & (WRITE_NEW_TRACE | WRITE_NEW_PARENT)) !== 0) {
    lines += `traceparent: ${wire.span?.traceParent ?? newTraceParent()}\r\n`
  }
  return lines
}

/** What `forwardLines` cannot read in the lines. */
export interface Hop {
  /** The client's IP address; empty if it has none. */
  readonly client: string
  /** The host that the client has asked for; empty if it has told none. */
  readonly host: string
  /** Further lines. */
  readonly added: string
}

/** What native code does to a head that is forwarded unread, for the field lines of one that is text. */
export function forwardLines(fields: string, flags: number, hop: Hop): string {
  const { client, host, added } = hop
  const isReplaced = (flags & WRITE_REPLACE) !== 0
  const isTrusted = (flags & WRITE_TRUST) !== 0
  const proto = (flags & WRITE_HTTPS) !== 0 ? 'https' : 'http'
  const lists: Record<string, string> = {}
  const lines: Record<string, string> = {}
  /** Lines of trusted proxies; empty for several of a name, of which none can be believed. */
  const facts = new Map<string, string>()
  let kept = ''
  for (const [name, , line] of headerLines(`\n${fields}`)) {
    const value = line.slice(line.indexOf(':') + 1).trim()
    if (isLeftOut(name, flags) || isLookalike(name, flags)) continue
    if (isList(name, flags)) {
      if (isReplaced || (name === 'forwarded' && !isClosed(value))) continue
      // Only the last line is written anew; those before it are earlier elements of the same list.
      if (lines[name] !== undefined) kept += `${lines[name]}\r\n`
      lists[name] = value
      lines[name] = line
      continue
    }
    if (isFact(name, flags)) {
      if (isTrusted) facts.set(name, facts.has(name) ? '' : `${line}\r\n`)
      continue
    }
    kept += `${line}\r\n`
  }
  for (const line of facts.values()) kept += line
  const begin = (name: string): string => (lists[name] ? `${lists[name]}, ` : '')
  if ((flags & WRITE_X_FORWARDED) !== 0) {
    if (client !== '') kept += `X-Forwarded-For: ${begin('x-forwarded-for')}${client}\r\n`
    else if (lines['x-forwarded-for']) kept += `${lines['x-forwarded-for']}\r\n`
    if (!facts.get('x-forwarded-proto')) kept += `X-Forwarded-Proto: ${proto}\r\n`
    if (!facts.get('x-forwarded-host') && host) kept += `X-Forwarded-Host: ${host}\r\n`
  }
  if ((flags & WRITE_FORWARDED) !== 0) {
    const by = host === '' ? '' : `;host="${host}"`
    kept += `Forwarded: ${begin('forwarded')}for=${nodeOf(client)}${by};proto=${proto}\r\n`
  }
  return kept + added
}

/**
 * Whether each quoted string of a list ends (RFC 9110 §5.6.4). What is written behind one that does
 * not is within it.
 */
function isClosed(value: string): boolean {
  let isQuoted = false
  for (let i = 0; i < value.length; i++) {
    if (value[i] === '"') isQuoted = !isQuoted
    if (isQuoted && value[i] === '\\') i++
  }
  return !isQuoted
}

/** RFC 7239 §6. */
function nodeOf(client: string): string {
  if (client === '') return 'unknown'
  return client.includes(':') ? `"[${client}]"` : client
}

function isLeftOut(name: string, flags: number): boolean {
  if (name === 'x-request-id') return (flags & WRITE_NEW_REQUEST_ID) !== 0
  if (name === 'traceparent') return (flags & (WRITE_NEW_TRACE | WRITE_NEW_PARENT)) !== 0
  return name === 'tracestate' && (flags & WRITE_NEW_TRACE) !== 0
}

/** Whether CGI and WSGI would take a field for one of ours. */
function isLookalike(name: string, flags: number): boolean {
  if (!name.includes('_')) return false
  const ours = name.replaceAll('_', '-')
  if (ours === 'x-request-id') return (flags & WRITE_REQUEST_ID) !== 0
  return isList(ours, flags) || isFact(ours, flags)
}

function isList(name: string, flags: number): boolean {
  if (name === 'x-forwarded-for') return (flags & WRITE_X_FORWARDED) !== 0
  return name === 'forwarded' && (flags & WRITE_FORWARDED) !== 0
}

function isFact(name: string, flags: number): boolean {
  const isOne = name === 'x-forwarded-proto' || name === 'x-forwarded-host'
  return isOne && (flags & WRITE_X_FORWARDED) !== 0
}
