import { type Document, isMap, isPair, isScalar, LineCounter, parseDocument } from 'yaml'
import type { Path, Problem } from './problem.ts'

/** A config file's text, which may be YAML or JSON: JSON is YAML. */
export class ConfigText {
  readonly #file: string
  readonly #lines = new LineCounter()
  readonly #document: Document

  /** `file` is what errors call it. */
  constructor(file: string, text: string) {
    this.#file = file
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false })
  }

  /** What is wrong with the text itself, each with file, line and column. */
  syntaxErrors(): string[] {
    return this.#document.errors.map(({ pos, message }) => `${this.#at(pos[0])}: ${message}`)
  }

  /** What the text says. Throws when aliases make it too large. */
  value(): unknown {
    return this.#document.toJS()
  }

  /** `file:line:column` of what a problem is about, or of what lies nearest around it. */
  locate(problem: Problem): string {
    return this.#at(this.offsetOf(problem))
  }

  /** The same as a number of characters from the beginning. */
  offsetOf({ path, isAboutKey = false }: Problem): number {
    const offset = isAboutKey ? this.#keyOffset(path) : undefined
    return offset ?? this.#valueOffset(path)
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

  #at(offset: number): string {
    const { line, col } = this.#lines.linePos(offset)
    return `${this.#file}:${Math.max(line, 1)}:${Math.max(col, 1)}`
  }
}

function offsetOf(node: unknown): number | undefined {
  if (node === null || typeof node !== 'object' || !('range' in node)) return undefined
  const { range } = node
  return Array.isArray(range) ? (range[0] as number) : undefined
}
