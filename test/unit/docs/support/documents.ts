import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

/** A Markdown file of the project. */
export interface Document {
  /** Path from the project's root. */
  readonly path: string
  readonly text: string
}

/** All documents that this project wrote for its readers. */
export function documents(): Document[] {
  const paths = readdirSync('.').filter((name) => name.endsWith('.md'))
  for (const folder of ['docs', 'examples']) {
    for (const name of readdirSync(folder, { recursive: true, encoding: 'utf8' })) {
      if (name.endsWith('.md')) paths.push(join(folder, name))
    }
  }
  return paths.map(readDocument)
}

/** One of them. */
export function readDocument(path: string): Document {
  return { path, text: readFileSync(path, 'utf8') }
}

/** The cells of every row of a document's tables, without heads and rules. */
export function tableRows({ text }: Document): string[][] {
  const lines = withoutCode(text).split('\n')
  return lines.flatMap((line, index) => {
    const isHead = /^\|[-:| ]+\|$/.test(lines[index + 1] ?? '')
    if (!line.startsWith('|') || isHead || /^\|[-:| ]+\|$/.test(line)) return []
    // A bar that is no border is written with a backslash.
    const cells = line.slice(1, -1).split(/(?<!\\)\|/)
    return [cells.map((cell) => cell.trim())]
  })
}

/** The text with fenced code blocked out, line for line. */
export function withoutCode(text: string): string {
  return text.replace(/^```[^\n]*\n[\s\S]*?^```$/gm, (block) => block.replace(/[^\n]/g, ''))
}

/** The fenced code blocks of one language. */
export function codeBlocks({ text }: Document, language: string): string[] {
  const blocks = text.matchAll(/^```(\w*)\n([\s\S]*?)^```$/gm)
  return [...blocks].flatMap(([, name, code]) => (name === language ? [code ?? ''] : []))
}
