/**
 * The head rules of test/vectors/http1-*.md, written for reading: regular expressions over strings of
 * one character per byte. Part of the oracle in http1.ts.
 */
import { isIPv6 } from 'node:net'
import type { Http1Options, Role } from './http1.ts'

export interface Head {
  /** Names as in the vectors, in any order. */
  flags: Set<string>
  /** The head as it is forwarded, without the empty line. */
  lines: string[]
  status: number
  contentLength: number
  /** Lower-case names from Connection. */
  nominated: Set<string>
}

/** Thrown for input that the codec refuses. */
export class Refused extends Error {
  readonly status: number

  constructor(status: number) {
    super(`refused with ${status}`)
    this.status = status
  }
}

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it refuses
const CONTROL = /[\x00-\x08\x0a-\x1f\x7f]/
const HOST = /^(\[[0-9a-f:.]{2,}\]|([\w.~!$&'()*+;=-]|%[0-9a-f]{2})*)(:(\d*))?$/i
const REQUEST_LINE = /^([^ ]+) ([\x21\x22\x24-\x7e]+) (.*)$/s
const PROTOCOL = "[ \\t]*([!#$%&'*+\\-.^_`|~0-9A-Za-z]+(/[!#$%&'*+\\-.^_`|~0-9A-Za-z]+)?)?[ \\t]*"
/** What a value of Upgrade is, once it has a name in it; RFC 9110 section 7.8. */
const PROTOCOLS = new RegExp(`^${PROTOCOL}(,${PROTOCOL})*$`)
const IDEMPOTENT = ['GET', 'HEAD', 'PUT', 'DELETE', 'OPTIONS', 'TRACE']
const MAX_OPTIONS = 32
const HOP_BY_HOP = [
  'connection',
  'keep-alive',
  'proxy-connection',
  'te',
  'transfer-encoding',
  'upgrade',
  'proxy-authenticate',
  'proxy-authorization',
  'content-length',
  // Not of HTTP: what is behind CGI would take it for HTTP_PROXY.
  'proxy',
]

export interface Field {
  line: string
  name: string
  value: string
}

/** Splits a field line that still has its CR; RFC 9112 section 5. */
export function parseField(raw: string, lenientLf: boolean): Field {
  const line = withoutCr(raw, lenientLf)
  const colon = line.indexOf(':')
  const name = line.slice(0, colon)
  if (colon < 1 || !TOKEN.test(name) || CONTROL.test(line)) throw new Refused(400)
  return { line, name: name.toLowerCase(), value: trim(line.slice(colon + 1)) }
}

/** Parses the line that begins a message; `raw` still has its CR. */
export function parseStartLine(role: Role, raw: string, lenientLf: boolean): Head & StartLine {
  return role === 'request' ? parseRequestLine(raw, lenientLf) : parseStatusLine(raw, lenientLf)
}

interface StartLine {
  http10: boolean
  /** From an absolute-form target. */
  authority: string | undefined
}

/** Parses a complete head; `text` ends with the empty line. */
export function parseHead(role: Role, text: string, options: Http1Options): Head {
  const raw = text.split('\n').slice(0, -1)
  const head = parseStartLine(role, raw[0] ?? '', options.lenientLf)
  const { flags } = head
  const fields: Field[] = []
  const connection: string[] = []
  const values = new Map<string, string[]>()
  if (raw.some((line) => !line.endsWith('\r'))) flags.add('bare-lf')

  for (const rawLine of raw.slice(1, -1)) {
    const field = parseField(rawLine, options.lenientLf)
    if (fields.length === options.maxHeaders) throw new Refused(431)
    const earlier = values.get(field.name)
    checkField(role, field, head, earlier !== undefined, connection)
    values.set(field.name, [...(earlier ?? []), field.value])
    fields.push(field)
  }
  withoutCr(raw.at(-1) ?? '', options.lenientLf)

  const has = (name: string): boolean => values.has(name)
  if (has('content-length') && has('transfer-encoding')) throw new Refused(400)
  if (has('content-length')) flags.add('length')
  if (has('transfer-encoding')) flags.add('chunked')
  if (has('trailer')) flags.add('trailer')
  const close = connection.includes('close')
  if (!close && (!head.http10 || connection.includes('keep-alive'))) flags.add('keep-alive')
  for (const option of connection) head.nominated.add(option)
  for (const option of ['close', 'keep-alive']) head.nominated.delete(option)

  const upgrades = values.get('upgrade') ?? []
  const names = upgrades.map((value) => (PROTOCOLS.test(value) ? namesOf(value) : []))
  const isUpgrade = names.length > 0 && names.every(({ length }) => length > 0)
  if (role === 'response' && head.status === 101 && isUpgrade) flags.add('upgrade')
  if (role === 'request') {
    if (!has('host') && !head.http10) throw new Refused(400)
    if (has('expect') && !head.http10) flags.add('expect-continue')
    const h2c = names.flat().includes('h2c')
    const hasBody = has('transfer-encoding') || head.contentLength !== 0
    if (!hasBody) flags.add('no-body')
    if (connection.includes('upgrade') && isUpgrade && !h2c && !head.http10 && !hasBody) {
      flags.add('upgrade')
    }
  }
  forward(role, head, fields)
  return head
}

/** The lines that frame what is forwarded as it was framed: what WriteHead adds. */
export function addFraming(head: Head): void {
  if (head.flags.has('chunked')) head.lines.push('Transfer-Encoding: chunked')
  else if (head.flags.has('length')) head.lines.push(`Content-Length: ${head.contentLength}`)
  if (head.flags.has('upgrade')) head.lines.push('Connection: upgrade')
}

function parseRequestLine(raw: string, lenientLf: boolean): Head & StartLine {
  const [, method = '', target = '', rest = ''] = REQUEST_LINE.exec(raw) ?? []
  if (!TOKEN.test(method)) throw new Refused(400)
  const head = emptyHead(rest)
  if (withoutCr(rest, lenientLf).length !== 8) throw new Refused(400)
  if (method === 'CONNECT') throw new Refused(405)
  if (method === 'HEAD') head.flags.add('head')
  if (IDEMPOTENT.includes(method)) head.flags.add('idempotent')

  let forwarded = target
  if (!target.startsWith('/') && !(target === '*' && method === 'OPTIONS')) {
    const [, authority, path = ''] = /^https?:\/\/([^/?]+)(.*)$/i.exec(target) ?? []
    if (authority === undefined || authority.startsWith(':') || !isHost(authority)) {
      throw new Refused(400)
    }
    head.authority = authority
    forwarded = path.startsWith('?') ? `/${path}` : path
    if (path === '') forwarded = method === 'OPTIONS' ? '*' : '/'
  }
  head.lines.push(`${method} ${forwarded} HTTP/1.1`)
  return head
}

function parseStatusLine(raw: string, lenientLf: boolean): Head & StartLine {
  const head = emptyHead(raw)
  const [, status = '', reason = ''] =
    /^ ([1-9]\d\d)(?: (.*))?$/s.exec(withoutCr(raw.slice(8), lenientLf)) ?? []
  if (status === '' || CONTROL.test(reason)) throw new Refused(400)
  head.status = Number(status)
  head.lines.push(`HTTP/1.1 ${status} ${reason}`)
  return head
}

function emptyHead(version: string): Head & StartLine {
  const [, major, minor] = /^HTTP\/(\d)\.(\d)/.exec(version) ?? []
  if (major === undefined) throw new Refused(400)
  if (major !== '1') throw new Refused(505)
  const http10 = minor === '0'
  return {
    flags: new Set(http10 ? ['http10'] : []),
    lines: [],
    status: 0,
    contentLength: 0,
    nominated: new Set(),
    http10,
    authority: undefined,
  }
}

function checkField(
  role: Role,
  { line, name, value }: Field,
  head: Head & StartLine,
  repeated: boolean,
  connection: string[],
): void {
  if (name === 'transfer_encoding' || name === 'content_length') throw new Refused(400)
  if (name === 'content-length') {
    if (repeated || !/^\d+$/.test(value) || BigInt(value) > 2n ** 53n) throw new Refused(400)
    head.contentLength = Number(value)
  } else if (name === 'transfer-encoding') {
    if (head.http10 || repeated || line.includes('\t')) throw new Refused(400)
    checkCoding(value.toLowerCase())
  } else if (name === 'connection') {
    const options = value
      .toLowerCase()
      .split(',')
      .map(trim)
      .filter((option) => option !== '')
    connection.push(...options)
    const bad = options.some(
      (option) =>
        !TOKEN.test(option) || ['host', 'content-length', 'transfer-encoding'].includes(option),
    )
    if (bad || connection.length > MAX_OPTIONS) throw new Refused(400)
  } else if (name === 'host' && role === 'request') {
    if (repeated || !isHost(value)) throw new Refused(400)
  } else if (name === 'expect' && role === 'request') {
    if (value.toLowerCase() !== '100-continue') throw new Refused(417)
  }
}

/** RFC 9112 sections 6.1 and 6.3: well formed but unknown is 501, everything else 400. */
function checkCoding(value: string): void {
  if (value === 'chunked') return
  const codings = value.split(',').map(trim)
  const wellFormed = codings.every((coding) => TOKEN.test(coding))
  const chunkedAt = codings.indexOf('chunked')
  const chunkedLast = chunkedAt === codings.length - 1
  const single = codings.length === 1
  throw new Refused(wellFormed && (single || chunkedLast) ? 501 : 400)
}

/** Appends the field lines that travel on, with Host set right. */
function forward(role: Role, head: Head & StartLine, fields: Field[]): void {
  const isRequest = role === 'request'
  if (isRequest && !fields.some(({ name }) => name === 'host')) {
    head.lines.push(`Host: ${head.authority ?? ''}`)
  }
  for (const { name, line } of fields) {
    if (isRequest && name === 'host' && head.authority !== undefined) {
      head.lines.push(`Host: ${head.authority}`)
    } else if (name === 'upgrade' && (head.flags.has('upgrade') || head.status === 101)) {
      head.lines.push(line)
    } else if (
      !HOP_BY_HOP.includes(name) &&
      !head.nominated.has(name) &&
      !(isRequest && name === 'expect' && head.http10)
    ) {
      head.lines.push(line)
    }
  }
}

/** Lower-case names in a list of protocols, without their versions. */
function namesOf(list: string): string[] {
  const names = list.split(',').map((one) => trim(one).split('/', 1)[0] ?? '')
  return names.filter((name) => name !== '').map((name) => name.toLowerCase())
}

function isHost(text: string): boolean {
  const match = HOST.exec(text)
  if (text.startsWith('[') && !isIPv6(text.slice(1, text.indexOf(']')))) return false
  return match !== null && Number(match[4] ?? '') <= 65535
}

function withoutCr(line: string, lenientLf: boolean): string {
  const bare = !line.endsWith('\r')
  if (bare && !lenientLf) throw new Refused(400)
  const content = bare ? line : line.slice(0, -1)
  if (content.includes('\r')) throw new Refused(400)
  return content
}

function trim(text: string): string {
  return text.replace(/^[ \t]+|[ \t]+$/g, '')
}
