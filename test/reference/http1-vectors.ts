/** Reads test/vectors/http1-*.md and writes events in their notation. The format is explained there. */
import { readFileSync } from 'node:fs'
import { DEFAULT_OPTIONS, type Http1Event, type Http1Options, type Role } from './http1.ts'

export interface Http1Vector {
  role: Role
  title: string
  options: Http1Options
  /** Requests that were sent before: GET, HEAD, CONNECT, UPGRADE. */
  expected: string[]
  /** The stream ends after the input. */
  finish: boolean
  /** One character per byte. */
  input: string
  events: string
}

/** The vectors of one file, from the repository's root. */
export function readVectors(role: Role): Http1Vector[] {
  const text = readFileSync(`test/vectors/http1-${role}.md`, 'utf8')
  return text
    .split(/^## /m)
    .slice(1)
    .map((section) => {
      const words = /^options: (.*)$/m.exec(section)?.[1]?.split(' ') ?? []
      return {
        role,
        title: section.slice(0, section.indexOf('\n')),
        ...readOptions(words),
        input: unescapeBytes(block(section, 'input')),
        events: block(section, 'events'),
      }
    })
}

export function formatEvents(events: readonly Http1Event[]): string {
  let log = ''
  let data = ''
  const flush = (): void => {
    if (data !== '') log += `data ${escapeBytes(data)}\n`
    data = ''
  }
  const lines = (all: string[]): void => {
    for (const line of all) log += `> ${escapeBytes(line)}\n`
  }
  for (const event of events) {
    if (event.kind === 'data') {
      data += event.bytes
      continue
    }
    flush()
    if (event.kind === 'head') {
      log += `head${FLAGS.filter((flag) => event.flags.has(flag))
        .map((flag) => ` ${flag}`)
        .join('')}\n`
      lines(event.lines)
    } else if (event.kind === 'end') {
      log += 'end\n'
      lines(event.trailers)
    } else {
      log += `error ${event.status}\n`
    }
  }
  flush()
  return log
}

const FLAGS = [
  'keep-alive',
  'chunked',
  'length',
  'http10',
  'expect-continue',
  'upgrade',
  'no-body',
  'until-close',
  'head',
  'idempotent',
  'interim',
  'connect',
  'trailer',
  'bare-lf',
]

const LIMITS = {
  'max-head': 'maxHeadBytes',
  'max-start-line': 'maxStartLineBytes',
  'max-headers': 'maxHeaders',
  'max-trailer': 'maxTrailerBytes',
  'max-extension': 'maxChunkExtensionBytes',
} as const

function readOptions(words: string[]): Pick<Http1Vector, 'options' | 'expected' | 'finish'> {
  const options = { ...DEFAULT_OPTIONS }
  let expected: string[] = []
  for (const word of words) {
    const [key = '', value = ''] = word.split('=')
    if (key === 'lenient-lf') options.lenientLf = true
    if (key === 'expect-any') options.expectAny = true
    if (key === 'expect') expected = value.split(',')
    if (key in LIMITS) options[LIMITS[key as keyof typeof LIMITS]] = Number(value)
  }
  return { options, expected, finish: words.includes('finish') }
}

function block(section: string, kind: string): string {
  const open = `\`\`\`${kind}\n`
  const begin = section.indexOf(open) + open.length
  return section.slice(begin, section.indexOf('```', begin))
}

function unescapeBytes(text: string): string {
  return text
    .replaceAll('\n', '')
    .replace(/\\\((\d+)\*([^)]*)\)|\\x(..)|\\(.)/g, (_, count, unit, hex, letter) => {
      if (count !== undefined) return unescapeBytes(unit).repeat(Number(count))
      if (hex !== undefined) return String.fromCharCode(Number.parseInt(hex, 16))
      return { r: '\r', n: '\n', t: '\t' }[letter as string] ?? letter
    })
}

function escapeBytes(bytes: string): string {
  return bytes
    .replace(/[^\x20-\x5b\x5d-\x7e]/g, (byte) => {
      const short = { '\r': '\\r', '\n': '\\n', '\t': '\\t', '\\': '\\\\' }[byte]
      return short ?? `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`
    })
    .replace(/ $/, '\\x20')
}
