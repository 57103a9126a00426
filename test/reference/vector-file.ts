/** Reads test vectors: sections of Markdown with the blocks `input` and `events`. */
import { readFileSync } from 'node:fs'

export interface VectorSection {
  title: string
  /** The words of the line `options: …`. */
  words: string[]
  /** One character per byte. */
  input: string
  events: string
}

/** The sections of a file in test/vectors, from the repository's root. */
export function readSections(name: string): VectorSection[] {
  return readFileSync(`test/vectors/${name}.md`, 'utf8')
    .split(/^## /m)
    .slice(1)
    .map((section) => ({
      title: section.slice(0, section.indexOf('\n')),
      words: /^options: (.*)$/m.exec(section)?.[1]?.split(' ') ?? [],
      input: unescapeBytes(block(section, 'input')),
      events: block(section, 'events'),
    }))
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

/** Bytes in the notation of the vectors. */
export function escapeBytes(bytes: string): string {
  return bytes
    .replace(/[^\x20-\x5b\x5d-\x7e]/g, (byte) => {
      const short = { '\r': '\\r', '\n': '\\n', '\t': '\\t', '\\': '\\\\' }[byte]
      return short ?? `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`
    })
    .replace(/ $/, '\\x20')
}
