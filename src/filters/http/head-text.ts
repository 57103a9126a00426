import { STATUS_CODES } from 'node:http'
import { HEAD_HTTP10 } from '../../native/protocol.ts'
import type { RequestHead, ResponseHead } from './head-view.ts'
import type { HttpWireHead } from './wire-head.ts'

/** How a message that is written as text is framed, and what becomes of the connection. */
export interface Framing {
  /** Content-Length to write, or -1 for none. */
  contentLength: number
  isChunked: boolean
  /** Connection field to write, '' for none. */
  connection: '' | 'close' | 'keep-alive' | 'upgrade'
}

/** RFC 9110 §5.6.2: token. */
const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
/** RFC 9110 §5.5: what must never be in a field value; line ends would start a field of their own. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const FORBIDDEN_IN_VALUE = /[\x00-\x08\x0a-\x1f\x7f]/
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it looks for
const FORBIDDEN_IN_TARGET = /[\x00-\x20\x7f]/

/**
 * Fields that are never taken from a head: RFC 9110 §7.6.1 makes them this hop's own, and message
 * framing is written anew.
 */
const HOP_BY_HOP = new Set([
  'connection',
  'keep-alive',
  // No field of HTTP, and HTTP_PROXY to what is behind CGI.
  'proxy',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'transfer-encoding',
  'upgrade',
  'content-length',
])

/**
 * Writes a request head as Latin-1 text; throws a TypeError on what would not be one head.
 * `defaultHost` is for one without a host, and `forward` makes the field lines those for the next hop.
 */
export function requestText(
  head: Partial<RequestHead> | null,
  wire: HttpWireHead | null,
  framing: Framing,
  defaultHost: string | null = null,
  forward: (fields: string) => string = (fields) => fields,
): string {
  const method = String(head?.method || 'GET')
  const path = toLatin1(String(head?.path || '/'))
  if (!TOKEN.test(method)) throw new TypeError(`invalid request method: ${show(method)}`)
  if (FORBIDDEN_IN_TARGET.test(path)) throw new TypeError(`invalid request path: ${show(path)}`)
  const absolute = /^https?:\/\/([^/?#]*)(.*)$/i.exec(path)
  const target = absolute === null ? path : originForm(absolute[2] ?? '', method)
  // RFC 9112 §3.2.2: the authority of an absolute-form target replaces Host.
  const host = absolute === null ? null : (absolute[1] ?? '')
  // RFC 9110 §4.2.1: it names somebody.
  if (host !== null && /^(?::|$)/.test(host)) {
    throw new TypeError(`invalid request path: no host: ${show(path)}`)
  }
  const written = fieldsText(head?.headers, wire, host, isUpgrade(framing))
  // RFC 9112 §3.2: every request has a Host, best as the first line.
  const isHostless = defaultHost !== null && !/^host:/im.test(written)
  const fields = forward(isHostless ? `Host: ${defaultHost}\r\n${written}` : written)
  return `${method} ${target} HTTP/1.1\r\n${fields}${framingText(framing)}\r\n`
}

/** Writes a response head as Latin-1 text; throws a TypeError on what must not be on the wire. */
export function responseText(
  head: Partial<ResponseHead> | null,
  wire: HttpWireHead | null,
  framing: Framing,
): string {
  const status = responseStatus(head)
  const reason = toLatin1(String(head?.statusText || (STATUS_CODES[status] ?? 'OK')))
  if (FORBIDDEN_IN_VALUE.test(reason)) throw new TypeError(`invalid status text: ${show(reason)}`)
  return `HTTP/1.1 ${status} ${reason}\r\n${fieldsText(head?.headers, wire, null, isUpgrade(framing))}${framingText(framing)}\r\n`
}

/** The status a response head asks for: 200 unless it names one. */
export function responseStatus(head: Partial<ResponseHead> | null): number {
  const status = Number(head?.status || 200)
  if (!Number.isInteger(status) || status < 100 || status > 999) {
    throw new TypeError(`invalid response status: ${show(String(head?.status))}`)
  }
  return status
}

function originForm(rest: string, method: string): string {
  // RFC 9112 §3.2.4: OPTIONS without a path asks the server as a whole.
  if (rest === '' && method === 'OPTIONS') return '*'
  return rest.startsWith('/') ? rest : `/${rest}`
}

function isUpgrade(framing: Framing): boolean {
  return framing.connection === 'upgrade'
}

function framingText(framing: Framing): string {
  let text = ''
  if (framing.connection !== '') text += `Connection: ${framing.connection}\r\n`
  if (framing.isChunked) text += 'Transfer-Encoding: chunked\r\n'
  else if (framing.contentLength >= 0) text += `Content-Length: ${framing.contentLength}\r\n`
  return text
}

/**
 * The header lines of a head. Lines of the original that the script has not assigned keep their
 * bytes, order, case and number; an assigned field stands where its first line stood.
 */
function fieldsText(
  headers: Record<string, unknown> | null | undefined,
  wire: HttpWireHead | null,
  host: string | null,
  keepsUpgrade: boolean,
): string {
  const isDropped = (name: string): boolean =>
    HOP_BY_HOP.has(name) && !(keepsUpgrade && name === 'upgrade')
  const fields: Record<string, unknown> = headers ?? {}
  const pending = new Map<string, [name: string, value: unknown]>()
  for (const [name, value] of Object.entries(fields)) {
    const key = name.toLowerCase()
    if (!isDropped(key)) pending.set(key, [name, value])
  }
  if (host !== null) pending.set('host', ['Host', host])
  let text = ''
  if (wire !== null) {
    const original = new Map<string, string>()
    for (const [name, value] of wire.lines()) original.set(name, value)
    const unchanged = new Set<string>()
    for (const [name, value] of original) {
      if (wire.keepsLines(headers, name, pending.get(name)?.[1] === value)) {
        unchanged.add(name)
        pending.delete(name)
      }
    }
    for (const [name, , line] of wire.lines()) {
      if (isDropped(name)) continue
      // RFC 9110 §10.1.1: ignored in a request of HTTP/1.0, which knows no interim response.
      if (name === 'expect' && (wire.flags & HEAD_HTTP10) !== 0) continue
      if (unchanged.has(name)) text += `${line}\r\n`
      const changed = pending.get(name)
      if (changed !== undefined) {
        text += fieldText(line.slice(0, line.indexOf(':')), changed[1])
        pending.delete(name)
      }
    }
  }
  for (const [name, value] of pending.values()) text += fieldText(name, value)
  return text
}

/** One field; an array becomes one line per element; `undefined` and `null` leave it out. */
function fieldText(name: string, value: unknown): string {
  if (value === undefined || value === null) return ''
  if (!TOKEN.test(name)) throw new TypeError(`invalid header name: ${show(name)}`)
  if (Array.isArray(value)) return value.map((one) => fieldText(name, one)).join('')
  const text = toLatin1(String(value))
  if (FORBIDDEN_IN_VALUE.test(text)) {
    throw new TypeError(`invalid value of header ${name}: ${show(text)}`)
  }
  return `${name}: ${text}\r\n`
}

/** Text beyond ASCII goes out as UTF-8, one Latin-1 character a byte. */
function toLatin1(text: string): string {
  return /[^\x20-\x7e]/.test(text) ? Buffer.from(text, 'utf8').toString('latin1') : text
}

function show(text: string): string {
  return JSON.stringify(text.length > 60 ? `${text.slice(0, 60)}…` : text)
}
