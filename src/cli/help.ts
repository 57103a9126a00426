import type { OptionSpec } from './option-table.ts'

export interface HelpPage {
  usage: readonly string[]
  /** One or two sentences. */
  about: string
  sections: readonly { title: string; options: readonly OptionSpec[] }[]
  examples: readonly { command: string; doc: string }[]
}

/** Renders a page of help for a terminal of 80 columns or more. */
export function renderHelp({ usage, about, sections, examples }: HelpPage): string {
  const lines = usage.map((line, index) => `${index === 0 ? 'Usage:' : '      '} ${line}`)
  lines.push('', ...wrap(about, 78))
  for (const { title, options } of sections) {
    lines.push('', `${title}:`)
    for (const option of options) lines.push(...describe(option))
  }
  if (examples.length > 0) lines.push('', 'Examples:')
  for (const { command, doc } of examples) lines.push(`  # ${doc}`, `  ${command}`)
  return `${lines.join('\n')}\n`
}

const DOC_COLUMN = 30
const DOC_WIDTH = 50

function describe({ name, short, aliases, value, word, doc }: OptionSpec): string[] {
  const names = [short === undefined ? '' : `-${short}, `, `--${name}`]
  for (const alias of aliases ?? []) names.push(`, --${alias}`)
  if (value !== undefined) names.push(` ${value}`)
  if (word !== undefined) names.push(`[=${word}]`)
  const label = `  ${names.join('')}`
  const text = wrap(doc, DOC_WIDTH).map((line) => ' '.repeat(DOC_COLUMN) + line)
  if (label.length >= DOC_COLUMN - 1) return [label, ...text]
  return [label.padEnd(DOC_COLUMN) + (text[0] ?? '').trimStart(), ...text.slice(1)]
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = ''
    }
    line += line === '' ? word : ` ${word}`
  }
  lines.push(line)
  return lines
}
