import { type Document, isMap, isNode, isPair, isScalar, LineCounter, parseDocument } from 'yaml'
import type { SourceRange } from '../program/flow/sketch.ts'
import { lineOf as sourceLine } from '../program/script/source-text.ts'
import type { Path, Problem } from './problem.ts'
import { findSyntaxProblems } from './syntax-problems.ts'

/** Both count from 1. */
interface Place {
  readonly line: number
  readonly column: number
}

/** A config file's text, which may be YAML or JSON: JSON is YAML. */
export class ConfigText {
  readonly #text: string
  readonly #lines = new LineCounter()
  readonly #document: Document

  constructor(text: string) {
    this.#text = text
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false })
  }

  /** What is wrong with the text itself, each with its place. */
  syntaxProblems(): ({ message: string; sourceLine: string } & Place)[] {
    const lineOf = (offset: number) => this.#at(offset).line
    return findSyntaxProblems(this.#text, this.#document, lineOf).map(({ offset, message }) => {
      const place = this.#at(offset)
      return { message, ...place, sourceLine: sourceLine(this.#text, place.line) }
    })
  }

  /** What the text says. Throws when aliases make it too large. */
  value(): unknown {
    return this.#document.toJS()
  }

  /** Where that is what a problem is about, or what lies nearest around it. */
  locate(problem: Problem): Place {
    return this.#at(this.offsetOf(problem))
  }

  /** The same as a number of characters from the beginning. */
  offsetOf({ path, isAboutKey = false }: Problem): number {
    const offset = isAboutKey ? this.#keyOffset(path) : undefined
    return offset ?? this.#valueOffset(path)
  }

  /** From the first character of a section's key, or of an item, to behind its last. */
  rangeOf(path: Path): SourceRange | undefined {
    const node = this.#document.getIn(path, true)
    if (!isNode(node) || node.range === null || node.range === undefined) return undefined
    const from = this.#keyOffset(path) ?? node.range[0]
    const { line, column } = this.#at(from)
    // Sections end where the next one begins.
    const end = this.#at(this.#text.slice(0, node.range[1]).trimEnd().length)
    return { line, column, endLine: end.line, endColumn: end.column }
  }

  #keyOffset(path: Path): number | undefined {
    const parent =
      path.length === 1 ? this.#document.contents : this.#document.getIn(path.slice(0, -1), true)
    if (!isMap(parent)) return undefined
    const pair = parent.items.find(({ key }) => isScalar(key) && String(key.value) === path.at(-1))
    return isPair(pair) && isScalar(pair.key) ? pair.key.range?.[0] : undefined
  }

  #valueOffset(path: Path): number {
    for (let length = path.length; length > 0; length--) {
      const node = this.#document.getIn(path.slice(0, length), true)
      const offset = offsetOf(node)
      if (offset !== undefined) return offset
    }
    return offsetOf(this.#document.contents) ?? 0
  }

  #at(offset: number): Place {
    const { line, col } = this.#lines.linePos(offset)
    return { line: Math.max(line, 1), column: Math.max(col, 1) }
  }
}

function offsetOf(node: unknown): number | undefined {
  if (node === null || typeof node !== 'object' || !('range' in node)) return undefined
  const { range } = node
  return Array.isArray(range) ? (range[0] as number) : undefined
}
