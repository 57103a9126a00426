/** Reads test/vectors/http1-*.md and writes events in their notation. The format is explained there. */
import { DEFAULT_OPTIONS, type Http1Event, type Http1Options, type Role } from './http1.ts'
import { escapeBytes, readSections } from './vector-file.ts'

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
  return readSections(`http1-${role}`).map(({ title, words, input, events }) => {
    return { role, title, ...readOptions(words), input, events }
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

/** Names of the flags of a head, by their bits. */
export const FLAGS = [
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
  'max-body': 'maxBodyBytes',
  'max-requests': 'maxRequests',
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
