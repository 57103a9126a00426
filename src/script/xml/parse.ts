import { FORBIDDEN_CHARACTERS, XML_NAME } from './characters.ts'
import { XmlNode } from './node.ts'

/** Deepest nesting of elements, so that walking a document by recursion is safe. */
export const MAX_XML_DEPTH = 1000

const ENTITIES: Readonly<Record<string, string>> = {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
}

const TAG = new RegExp(`<(${XML_NAME})`, 'uy')
const END_TAG = new RegExp(`</(${XML_NAME})\\s*>`, 'uy')
const ATTRIBUTE = new RegExp(`\\s+(${XML_NAME})\\s*=\\s*(?:"([^<"]*)"|'([^<']*)')`, 'uy')
const TAG_END = /\s*(\/?)>/y
const TEXT = /[^<]+/y
const REFERENCE = /&(?:#(\d{1,7})|#x([0-9A-Fa-f]{1,6})|(\w+));|&/g
/**
 * Parses a document; null when it is not well-formed. Entities that a document type declares are
 * never expanded (their use is an error), so that a small document cannot become a large one.
 */
export function parseXml(text: string): XmlNode | null {
  try {
    return new Parser(text.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n')).document()
  } catch (error) {
    if (error instanceof Malformed) return null
    throw error
  }
}

class Malformed extends Error {}

/** An element whose end tag has not come yet. */
interface OpenElement {
  readonly name: string
  readonly attributes: Record<string, string> | null
  readonly children: (XmlNode | string)[]
  /** Text since the last child element. */
  text: string
}

class Parser {
  readonly #text: string
  #at = 0
  #match: RegExpExecArray | null = null

  constructor(text: string) {
    if (FORBIDDEN_CHARACTERS.test(text)) throw new Malformed()
    this.#text = text
  }

  document(): XmlNode {
    const root: OpenElement = { name: '', attributes: {}, children: [], text: '' }
    const open: OpenElement[] = [root]
    let current = root
    let hasDoctype = false
    while (this.#at < this.#text.length) {
      if (this.#take(TEXT)) {
        const text = this.#match?.[0] ?? ''
        if (current === root && text.trim() !== '') throw new Malformed()
        if (text.includes(']]>')) throw new Malformed()
        current.text += expand(text)
      } else if (this.#take(END_TAG)) {
        if (this.#match?.[1] !== current.name || current === root) throw new Malformed()
        open.pop()
        current = this.#close(current, open)
      } else if (this.#take(TAG)) {
        if (current === root && root.children.length > 0) throw new Malformed()
        flush(current)
        current = this.#open(this.#match?.[1] ?? '')
        if (open.push(current) > MAX_XML_DEPTH) throw new Malformed()
        if (!this.#take(TAG_END)) throw new Malformed()
        if (this.#match?.[1] === '/') {
          open.pop()
          current = this.#close(current, open)
        }
      } else if (this.#skip('<![CDATA[')) {
        if (current === root) throw new Malformed()
        current.text += this.#until(']]>')
      } else if (this.#skip('<!--')) {
        if (/--|-$/.test(this.#until('-->'))) throw new Malformed()
      } else if (this.#skip('<?')) this.#until('?>')
      else if (this.#skip('<!DOCTYPE')) {
        if (hasDoctype || current !== root || root.children.length > 0) throw new Malformed()
        hasDoctype = true
        this.#doctype()
      } else throw new Malformed()
    }
    if (current !== root || root.children.length !== 1) throw new Malformed()
    return new XmlNode('', {}, root.children)
  }

  #open(name: string): OpenElement {
    const attributes = new Map<string, string>()
    while (this.#take(ATTRIBUTE)) {
      const [, key = '', double, single] = this.#match ?? []
      if (attributes.has(key)) throw new Malformed()
      // XML 1.0 §3.3.3: white space as written becomes a space; as a reference it stays.
      attributes.set(key, expand((double ?? single ?? '').replace(/[\t\n]/g, ' ')))
    }
    const object = attributes.size === 0 ? null : Object.fromEntries(attributes)
    return { name, attributes: object, children: [], text: '' }
  }

  #close(element: OpenElement, open: readonly OpenElement[]): OpenElement {
    flush(element)
    const parent = open.at(-1) as OpenElement
    parent.children.push(new XmlNode(element.name, element.attributes, element.children))
    return parent
  }

  /** Moves behind a document type, whose declarations mean nothing here. */
  #doctype(): void {
    let depth = 0
    while (this.#at < this.#text.length) {
      if (this.#skip('<!--')) this.#until('-->')
      else if (this.#skip('<?')) this.#until('?>')
      else {
        const character = this.#text[this.#at++] ?? ''
        if (character === '"' || character === "'") this.#until(character)
        else if (character === '<' || character === '[') depth++
        else if (character === ']') depth--
        else if (character === '>' && depth-- === 0) return
      }
    }
    throw new Malformed()
  }

  /** Moves behind `text` if it stands here. */
  #skip(text: string): boolean {
    if (!this.#text.startsWith(text, this.#at)) return false
    this.#at += text.length
    return true
  }

  /** Moves behind the next `end` and returns what stands before it. */
  #until(end: string): string {
    const from = this.#at
    const to = this.#text.indexOf(end, from)
    if (to < 0) throw new Malformed()
    this.#at = to + end.length
    return this.#text.slice(from, to)
  }

  /** Moves behind a match of `pattern` at the current place. */
  #take(pattern: RegExp): boolean {
    pattern.lastIndex = this.#at
    this.#match = pattern.exec(this.#text)
    if (this.#match === null) return false
    this.#at = pattern.lastIndex
    return true
  }
}

/** Makes the text collected so far a child, unless it is white space only. */
function flush(element: OpenElement): void {
  if (element.text.trim() !== '') element.children.push(element.text)
  element.text = ''
}

function expand(text: string): string {
  if (!text.includes('&')) return text
  return text.replace(REFERENCE, (_, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined) {
      const value = Object.hasOwn(ENTITIES, name) ? ENTITIES[name] : undefined
      if (value === undefined) throw new Malformed()
      return value
    }
    const code = decimal !== undefined ? Number(decimal) : Number.parseInt(hex ?? '', 16)
    if (!(code <= 0x10ffff)) throw new Malformed()
    const character = String.fromCodePoint(code)
    if (FORBIDDEN_CHARACTERS.test(character)) throw new Malformed()
    return character
  })
}
