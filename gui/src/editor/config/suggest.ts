import { stringify } from 'yaml'
import { formsOf, type JsonSchema } from '../../../../src/config/schema-walk.ts'
import { type ConfigPath, formsAt, schemaOf } from './config-schema.ts'
import { ConfigText, type ConfigWord, keysOf } from './config-text.ts'

/** Something that can be written at a place of a config. */
export interface Suggestion {
  readonly kind: 'key' | 'value'
  readonly label: string
  /** What is written, with the cursor between the two. */
  readonly insert: readonly [before: string, after: string]
  /** Of what the label names. */
  readonly path: ConfigPath
  readonly isRequired: boolean
}

export interface Suggestions {
  /** What is replaced. */
  readonly from: number
  readonly to: number
  readonly options: readonly Suggestion[]
}

/** Stands for what is being typed; no config has it. */
const PROBE = 'sluice_typed_here'

/** What is being typed, and how the text around it is written. */
interface Typed {
  readonly from: number
  readonly to: number
  /** The text with the probe in its place, as a key and as a value. */
  readonly asKey: string | undefined
  readonly asValue: string
  readonly quote: string
  /** A colon follows. */
  readonly hasColon: boolean
  readonly column: number
}

/** What can be written at an offset of a config, in the order of the schema. */
export function suggest(text: string, offset: number, isJson: boolean): Suggestions | undefined {
  const typed = typedAt(text, offset)
  const options: Suggestion[] = []
  if (typed.asKey !== undefined) {
    const word = new ConfigText(typed.asKey).word(PROBE)
    if (word?.isKey === true) options.push(...keysAt(word, typed, isJson))
  }
  if (!typed.hasColon) {
    const config = new ConfigText(typed.asValue)
    const word = config.word(PROBE)
    if (word?.isKey === false) options.push(...valuesAt(word.path, config, typed, isJson))
  }
  return options.length === 0 ? undefined : { from: typed.from, to: typed.to, options }
}

function typedAt(text: string, offset: number): Typed {
  const [before = ''] = /[\w$-]*$/.exec(text.slice(0, offset)) ?? []
  const [after = ''] = /^[\w$-]*/.exec(text.slice(offset)) ?? []
  const from = offset - before.length
  let to = offset + after.length
  const quote = /["']$/.exec(text.slice(0, from))?.[0] ?? ''
  if (quote !== '' && text[to] === quote) to++
  const head = text.slice(0, from)
  const tail = text.slice(to)
  const hasColon = /^[ \t]*:/.test(tail)
  const line = head.slice(head.lastIndexOf('\n') + 1)
  const opening = quote === '' ? line : line.slice(0, -1)
  // Behind a colon, what follows in the same line is a value.
  const isBehindColon = opening.trimEnd().endsWith(':')
  const word = `${PROBE}${quote}`
  return {
    from,
    to,
    asKey: isBehindColon ? undefined : `${head}${word}${hasColon ? '' : ': '}${tail}`,
    asValue: `${head}${word}${tail}`,
    quote,
    hasColon,
    column: opening.length,
  }
}

function keysAt(word: ConfigWord, typed: Typed, isJson: boolean): Suggestion[] {
  const { path, section, isFlow } = word
  const present = section === undefined ? [] : keysOf(section)
  const schemas = formsAt(path)
  const names = schemas.flatMap(({ properties = {} }) => Object.keys(properties))
  return [...new Set(names)]
    .filter((name) => !present.includes(name))
    .map((name): Suggestion => {
      const isRequired = schemas.some(({ required = [] }) => required.includes(name))
      const written = isJson && typed.quote === '' ? `"${name}"` : `${name}${typed.quote}`
      const insert = withValue(written, schemaOf([...path, name]), typed, isFlow || isJson)
      return { kind: 'key', label: name, insert, path: [...path, name], isRequired }
    })
}

/** A key with what its value begins with, and what has to follow. */
function withValue(
  key: string,
  schema: JsonSchema | undefined,
  { hasColon, column }: Typed,
  isFlow: boolean,
): Suggestion['insert'] {
  if (hasColon) return [key, '']
  const forms = schema === undefined ? [] : formsOf(schema)
  // Where a simple value will do, it is the usual one.
  const isOnly = (type: string): boolean =>
    forms.length > 0 && forms.every((one) => one.type === type)
  const indent = `\n${' '.repeat(column + 2)}`
  if (isOnly('object')) return isFlow ? [`${key}: { `, ' }'] : [`${key}:${indent}`, '']
  if (isOnly('array')) return isFlow ? [`${key}: [`, ']'] : [`${key}:${indent}- `, '']
  return [`${key}: `, '']
}

function valuesAt(
  path: ConfigPath,
  config: ConfigText,
  { quote }: Typed,
  isJson: boolean,
): Suggestion[] {
  const values = formsAt(path).flatMap((one): readonly unknown[] => {
    if (one.const !== undefined) return [one.const]
    return one.enum ?? (one.type === 'boolean' ? [true, false] : [])
  })
  // The schema cannot say what refers to what.
  if (path.at(-1) === 'upstream') values.push(...config.namesOf('upstreams'))
  return [...new Set(values)]
    .filter((value) => quote === '' || typeof value === 'string')
    .map((value): Suggestion => {
      const plain = isJson ? JSON.stringify(value) : stringify(value).trim()
      const written = quote === '' ? plain : `${String(value)}${quote}`
      const label = String(value)
      return { kind: 'value', label, insert: [written, ''], path, isRequired: false }
    })
}
