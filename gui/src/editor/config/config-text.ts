import {
  type Document,
  isMap,
  isScalar,
  isSeq,
  parseDocument,
  type Scalar,
  type YAMLMap,
} from 'yaml'
import type { ConfigPath } from './config-schema.ts'

/** A key or a simple value of a config. */
export interface ConfigWord {
  /** Of the value, and of the section in which the key is. */
  readonly path: ConfigPath
  readonly isKey: boolean
  readonly scalar: Scalar
  /** The section of a key. */
  readonly section?: YAMLMap
  /** Within braces or brackets. */
  readonly isFlow: boolean
}

/** The text of a config as far as it can be understood while it is typed; JSON is YAML. */
export class ConfigText {
  readonly #document: Document

  constructor(text: string) {
    this.#document = parseDocument(text, { prettyErrors: false, keepSourceTokens: false })
  }

  /** The key or value that stands at an offset. */
  wordAt(offset: number): ConfigWord | undefined {
    return this.#find(({ range }) => {
      return range !== undefined && range !== null && range[0] <= offset && offset <= range[1]
    })
  }

  /** The key or value that is exactly this text. */
  word(text: string): ConfigWord | undefined {
    return this.#find(({ value }) => value === text)
  }

  /** Names of the keys of a section at the top. */
  namesOf(section: string): string[] {
    const found = this.#document.get(section, true)
    return isMap(found) ? keysOf(found) : []
  }

  #find(isWanted: (scalar: Scalar) => boolean): ConfigWord | undefined {
    for (const word of wordsOf(this.#document.contents, [], false))
      if (isWanted(word.scalar)) return word
    return undefined
  }
}

/** Names of the keys of a section. */
export function keysOf(section: YAMLMap): string[] {
  return section.items.flatMap(({ key }) => (isScalar(key) ? [String(key.value)] : []))
}

function* wordsOf(node: unknown, path: ConfigPath, isInFlow: boolean): Iterable<ConfigWord> {
  if (isScalar(node)) yield { path, isKey: false, scalar: node, isFlow: isInFlow }
  else if (isSeq(node)) {
    const isFlow = isInFlow || node.flow === true
    for (const [index, item] of node.items.entries()) yield* wordsOf(item, [...path, index], isFlow)
  } else if (isMap(node)) {
    const isFlow = isInFlow || node.flow === true
    for (const { key, value } of node.items) {
      if (!isScalar(key)) continue
      yield { path, isKey: true, scalar: key, section: node, isFlow }
      yield* wordsOf(value, [...path, String(key.value)], isFlow)
    }
  }
}
