import { createRequire } from 'node:module'
import type * as Saxes from 'saxes'
import { FORBIDDEN_CHARACTERS } from './characters.ts'
import { XmlNode } from './node.ts'

/** Deepest nesting of elements, so that walking a document by recursion is safe. */
export const MAX_XML_DEPTH = 1000

/** XML 1.0 §4.6. Without a prototype, so that `&constructor;` is no entity. */
const ENTITIES: Record<string, string> = Object.assign(Object.create(null), {
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
})

const require: NodeJS.Require = createRequire(import.meta.url)

/**
 * Parses a document; null when it is not well-formed. Entities that a document type declares are
 * never expanded (their use is an error), so that a small document cannot become a large one.
 */
export function parseXml(text: string): XmlNode | null {
  // The library takes half a surrogate pair and any character behind it for one character.
  if (FORBIDDEN_CHARACTERS.test(text)) return null
  try {
    return parseDocument(text)
  } catch (error) {
    if (error instanceof Malformed) return null
    throw error
  }
}

class Malformed extends Error {}

/** An element whose end tag has not come yet. */
interface OpenElement {
  readonly name: string
  readonly attributes: Readonly<Record<string, string>> | null
  readonly children: (XmlNode | string)[]
  /** Text since the last child element. */
  text: string
}

function parseDocument(text: string): XmlNode {
  // Loaded at the first use: most programs never parse XML.
  const { SaxesParser } = require('saxes') as typeof Saxes
  const root: OpenElement = { name: '', attributes: {}, children: [], text: '' }
  const open: OpenElement[] = []
  let current = root
  const parser = new SaxesParser({
    xmlns: false,
    position: false,
    defaultXMLVersion: '1.0',
    forceXMLVersion: true,
  })
  parser.ENTITIES = ENTITIES
  parser.on('error', (error) => {
    throw new Malformed(error.message)
  })
  parser.on('text', (piece) => {
    current.text += piece
  })
  parser.on('cdata', (piece) => {
    current.text += piece
  })
  parser.on('opentag', ({ name, attributes }) => {
    flush(current)
    open.push(current)
    if (open.length > MAX_XML_DEPTH) throw new Malformed('nested too deeply')
    current = { name, attributes: attributesOf(attributes), children: [], text: '' }
  })
  parser.on('closetag', () => {
    flush(current)
    const { name, attributes, children } = current
    current = open.pop() ?? root
    current.children.push(new XmlNode(name, attributes, children))
  })
  parser.write(text).close()
  return new XmlNode('', {}, root.children)
}

/** An object with a prototype, as scripts expect of objects; null when there are no attributes. */
function attributesOf(attributes: Record<string, string>): Record<string, string> | null {
  const entries = Object.entries(attributes)
  return entries.length === 0 ? null : Object.fromEntries(entries)
}

/** Makes the text collected so far a child, unless it is white space only. */
function flush(element: OpenElement): void {
  // XML 1.0 §2.3: a no-break space is text.
  if (/[^ \t\r\n]/.test(element.text)) element.children.push(element.text)
  element.text = ''
}
