import { type Document, isMap, isNode, isScalar, isSeq, visit, type YAMLError } from 'yaml'
import { formatPath, type Path } from './problem.ts'

/** What is wrong with the text of a config itself. */
export interface SyntaxProblem {
  /** In characters from the beginning. */
  readonly offset: number
  /** What was expected, what was found, and how to mend it. */
  readonly message: string
}

/** Finds all that keeps a text from being a config. `lineOf` tells the line of an offset. */
export function findSyntaxProblems(
  text: string,
  document: Document,
  lineOf: (offset: number) => number,
): SyntaxProblem[] {
  const place = { text, document, lineOf }
  const { errors, warnings } = document
  const tags = warnings.filter(({ code }) => code === 'TAG_RESOLVE_FAILED')
  const problems = withoutConsequences([...errors, ...tags]).map((one) => describe(one, place))
  // Names that are not known follow from what could not be read.
  return problems.length > 0 ? problems : unknownAliases(document)
}

/** Mistakes behind which everything is read as it was meant. */
const CONFINED: readonly YAMLError['code'][] = [
  'DUPLICATE_KEY',
  'BAD_SCALAR_START',
  'BAD_DQ_ESCAPE',
  'TAG_RESOLVE_FAILED',
]

/** What is said of the text behind any other mistake may follow from it. */
function withoutConsequences(errors: readonly YAMLError[]): YAMLError[] {
  const sorted = errors.toSorted((one, other) => one.pos[0] - other.pos[0])
  const last = sorted.findIndex(({ code }) => !CONFINED.includes(code))
  return last < 0 ? sorted : sorted.slice(0, last + 1)
}

interface Place {
  readonly text: string
  readonly document: Document
  readonly lineOf: (offset: number) => number
}

/** The library's own words are for those who know how YAML is made. */
function describe({ code, message, pos }: YAMLError, place: Place): SyntaxProblem {
  const { text } = place
  // Indentation is not what is wrong to look at.
  const offset = pos[0] + (/^ *(?=\S)/.exec(text.slice(pos[0]))?.[0].length ?? 0)
  const found = foundAt(text, offset)
  const say = (what: string, at = offset): SyntaxProblem => ({ offset: at, message: what })
  switch (code) {
    case 'DUPLICATE_KEY':
      return say(twice(offset, place))
    case 'TAB_AS_INDENT':
      return say('expected spaces, found a tab: indent with spaces')
    case 'BAD_SCALAR_START':
      return say(`no text begins with ${text[offset]} without quotes, found ${found}: quote it`)
    case 'BAD_DQ_ESCAPE': {
      const written = text.slice(offset, offset + 2)
      return say(`nothing is written ${written}: write \\${written}, or use single quotes`)
    }
    case 'MULTIPLE_DOCS':
      return say('expected one document, found another behind ---: give each a file of its own')
    case 'TAG_RESOLVE_FAILED':
      return say(`expected a value without a tag, found ${found}: leave the tag out`)
    case 'BLOCK_AS_IMPLICIT_KEY':
      return say(
        `expected one value, found another key in ${found}: write it in a line of its own, ` +
          'or quote a text with ": " in it',
      )
    case 'MULTILINE_IMPLICIT_KEY':
      return say(withoutValue(found))
    case 'BLOCK_IN_FLOW':
      return say(`expected brackets within brackets, found ${found}: write [ ] or { } around it`)
    case 'BAD_INDENT':
    case 'MISSING_CHAR':
    case 'UNEXPECTED_TOKEN':
      return describeByMessage(message, offset, place) ?? say(fallback(message, found))
    default:
      return say(fallback(message, found))
  }
}

/** Codes that stand for several things are told apart by what the library says. */
function describeByMessage(
  message: string,
  offset: number,
  { text, document, lineOf }: Place,
): SyntaxProblem | undefined {
  const found = foundAt(text, offset)
  const say = (what: string, at = offset): SyntaxProblem => ({ offset: at, message: what })
  if (/^Missing closing ['"]quote/.test(message)) {
    const start = quoteBefore(document, offset)
    const quote = text[start]
    return say(`expected ${quote} at the end of the text that begins here: add it`, start)
  }
  const closing = /end with a ([\]}])$/.exec(message)?.[1]
  if (closing !== undefined) {
    const start = openBracket(document, text, offset)
    const what = closing === ']' ? 'list' : 'section'
    const where =
      start === undefined ? '' : ` that begins with ${text[start]} in line ${lineOf(start)}`
    return say(`expected ${closing} behind the ${what}${where}, found ${found}: add ${closing}`)
  }
  if (/^Missing , /.test(message)) {
    return say(`expected a comma, found ${found}: separate items with commas`)
  }
  if (/^Unexpected (,|empty item)/.test(message)) {
    return say('expected an item, found a comma: leave the comma out')
  }
  if (message.startsWith('Comments must be separated')) {
    return say(`expected a space before #, found ${found}: add it, or quote the text`)
  }
  if (message.startsWith('Implicit map keys need')) return say(withoutValue(found))
  if (message.startsWith('Sequence item without')) {
    return say(
      `expected "- " or more indentation, found ${found}: an item's keys stand below its first key`,
    )
  }
  if (/^All (mapping|sequence) items must start/.test(message)) {
    return say(`expected the indentation of what stands before, found ${found}: align both`)
  }
  return undefined
}

function withoutValue(found: string): string {
  return `expected a key with a value, found ${found}: add ": " and the value, or quote a long text`
}

function fallback(message: string, found: string): string {
  return `cannot be read as YAML (${message}), found ${found}: compare it with the lines before`
}

/** A key that its section has before. */
function twice(offset: number, { document, lineOf }: Place): string {
  const twin = findTwin(document.contents, offset, [])
  const found = twin === undefined ? 'one' : formatPath(twin.path)
  const first = twin === undefined ? '' : ` after line ${lineOf(twin.firstOffset)}`
  return `expected each key once, found ${found} again${first}: keep one of them`
}

interface Twin {
  readonly path: Path
  readonly firstOffset: number
}

/** The key at `offset`, somewhere in a node, and the first key of that name in its section. */
function findTwin(node: unknown, offset: number, path: Path): Twin | undefined {
  if (isSeq(node)) return firstOf(node.items, (one, at) => findTwin(one, offset, [...path, at]))
  if (!isMap(node)) return undefined
  return firstOf(node.items, ({ key, value }) => {
    const name = nameOf(key)
    const at = [...path, name]
    if (offsetOf(key) !== offset) return findTwin(value, offset, at)
    const first = node.items.find((one) => nameOf(one.key) === name)
    return { path: at, firstOffset: offsetOf(first?.key) ?? 0 }
  })
}

function firstOf<T>(items: T[], find: (item: T, index: number) => Twin | undefined) {
  for (const [index, item] of items.entries()) {
    const found = find(item, index)
    if (found !== undefined) return found
  }
  return undefined
}

function nameOf(key: unknown): string {
  return isScalar(key) ? String(key.value) : '?'
}

/** Hosts such as *.example.com look like them. */
function unknownAliases(document: Document): SyntaxProblem[] {
  const problems: SyntaxProblem[] = []
  visit(document, {
    Alias: (_, alias) => {
      if (alias.resolve(document) !== undefined) return
      const { source } = alias
      const message = `expected a value, found *${source}, and no &${source} before it: quote it if it is a text`
      problems.push({ offset: offsetOf(alias) ?? 0, message })
    },
  })
  return problems
}

/** Where the quoted text begins that ends nowhere. */
function quoteBefore(document: Document, offset: number): number {
  let found = offset
  visit(document, {
    Scalar: (_, { type, range }) => {
      const isQuoted = type === 'QUOTE_DOUBLE' || type === 'QUOTE_SINGLE'
      if (isQuoted && range != null && range[0] <= offset) found = range[0]
    },
  })
  return found
}

/** Where the innermost list or section in brackets begins that ends nowhere before `offset`. */
function openBracket(document: Document, text: string, offset: number): number | undefined {
  let found: number | undefined
  visit(document, {
    Collection: (_, { flow, range }) => {
      if (flow !== true || range == null || range[0] > offset) return
      const last = text[range[1] - 1]
      if (range[1] >= offset && last !== ']' && last !== '}') found = range[0]
    },
  })
  return found
}

function offsetOf(node: unknown): number | undefined {
  return isNode(node) ? node.range?.[0] : undefined
}

const SHOWN_LENGTH = 24

/** What stands there, in few characters. */
function foundAt(text: string, offset: number): string {
  if (text.slice(offset).trim() === '') return 'the end of the file'
  const line = text.slice(offset).split('\n', 1)[0]?.trimEnd() ?? ''
  if (line === '') return 'the end of the line'
  return JSON.stringify(line.length > SHOWN_LENGTH ? `${line.slice(0, SHOWN_LENGTH)}…` : line)
}
