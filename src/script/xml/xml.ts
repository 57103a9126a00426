import { Data } from '../../engine/data.ts'
import { checkInstance, checkString, expected } from '../arguments.ts'
import { XmlNode } from './node.ts'
import { parseXml } from './parse.ts'
import { stringifyXml } from './stringify.ts'

const MAX_INDENT = 10

/** The `XML` that scripts see. */
export interface ScriptXml {
  readonly Node: typeof XmlNode
  /** The document in a text; null when it is not well-formed. */
  parse(text: string): XmlNode | null
  /** The document in some bytes; null when they are not well-formed or of an unknown encoding. */
  decode(data: Data): XmlNode | null
  /** The text of a document; empty unless its only child is an element. */
  stringify(document: XmlNode, space?: number | null): string
  /** The bytes of a document, as UTF-8. */
  encode(document: XmlNode, space?: number | null): Data
}

/** The `XML` that scripts see. */
export const scriptXml: ScriptXml = {
  Node: XmlNode,
  parse: (text) => parseXml(checkString(text, 1)),
  decode(data) {
    const text = decodeText(checkInstance(data, Data, 1).toBytes())
    return text === null ? null : parseXml(text)
  },
  stringify: (document, space) => {
    return stringifyXml(checkInstance(document, XmlNode, 1), indentOf(space))
  },
  encode: (document, space) => new Data(scriptXml.stringify(document, space)),
}

function decodeText(bytes: Buffer): string | null {
  try {
    return new TextDecoder(encodingOf(bytes), { fatal: true }).decode(bytes)
  } catch {
    // An unknown label, or bytes that are not of that encoding.
    return null
  }
}

/** XML 1.0 appendix F, as far as encodings in use go. */
function encodingOf(bytes: Buffer): string {
  if (bytes[0] === 0xfe && bytes[1] === 0xff) return 'utf-16be'
  if (bytes[0] === 0xff && bytes[1] === 0xfe) return 'utf-16le'
  const declaration = /^<\?xml[^>]*\sencoding\s*=\s*["']([\w.:-]+)["']/
  return declaration.exec(bytes.toString('latin1', 0, 200))?.[1] ?? 'utf-8'
}

function indentOf(space: number | null | undefined): number {
  if (space === undefined || space === null) return 0
  if (typeof space !== 'number') expected(2, 'a number')
  return Math.min(Math.max(Math.trunc(space) || 0, 0), MAX_INDENT)
}
