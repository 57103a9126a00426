import { parseArgs } from 'node:util'
import { UsageError } from './usage-error.ts'

/** One command-line option; parsing and help come from the same table. */
export interface OptionSpec {
  name: string
  short?: string
  /** Other names that mean the same. */
  aliases?: readonly string[]
  /** What the value is called in help; an option without one is a switch. */
  value?: string
  /** The only value that a switch may be given. */
  word?: string
  isRepeatable?: boolean
  doc: string
}

export interface ParsedOptions {
  positionals: string[]
  isSet(name: string): boolean
  /** The last value given. */
  value(name: string): string | undefined
  /** All values given, in order. */
  values(name: string): string[]
}

/** Parses arguments by a table of options; throws `UsageError`. */
export function parseOptions(args: readonly string[], table: readonly OptionSpec[]): ParsedOptions {
  const names = new Map<string, OptionSpec>()
  for (const option of table)
    for (const name of [option.name, ...(option.aliases ?? [])]) names.set(name, option)

  const found = new Map<string, string[]>()
  const positionals: string[] = []
  for (const token of tokenize(args, names)) {
    if (token.kind === 'positional') positionals.push(token.value)
    if (token.kind !== 'option') continue
    const option = names.get(token.name)
    if (option === undefined) throw new UsageError(`unknown option: ${token.rawName}`)
    const values = found.get(option.name) ?? []
    values.push(checkedValue(option, token.rawName, token.value))
    found.set(option.name, values)
  }
  for (const [name, values] of found) {
    const option = names.get(name)
    if (values.length > 1 && option?.value !== undefined && !option.isRepeatable)
      throw new UsageError(`option given twice: --${name}`)
  }
  return {
    positionals,
    isSet: (name) => found.has(name),
    value: (name) => found.get(name)?.at(-1),
    values: (name) => found.get(name) ?? [],
  }
}

function tokenize(args: readonly string[], names: ReadonlyMap<string, OptionSpec>) {
  const options: Record<string, { type: 'string' | 'boolean'; short?: string }> = {}
  for (const [name, { value, short, name: mainName }] of names) {
    const type = value === undefined ? 'boolean' : 'string'
    options[name] = short !== undefined && name === mainName ? { type, short } : { type }
  }
  return parseArgs({
    args: args.map((arg) => ONE_DASH_WORDS.get(arg) ?? arg),
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  }).tokens
}

/** Spellings that are words, not bundles of letters. */
const ONE_DASH_WORDS: ReadonlyMap<string, string> = new Map([
  ['-help', '--help'],
  ['-version', '--version'],
])

function checkedValue(option: OptionSpec, rawName: string, value: string | undefined): string {
  if (option.value === undefined) {
    if (value !== undefined && value !== option.word) {
      const only = option.word === undefined ? 'no value' : `no value but ${option.word}`
      throw new UsageError(`option takes ${only}: ${rawName}`)
    }
    return value ?? ''
  }
  if (value === undefined || value === '')
    throw new UsageError(`option needs a value: ${rawName} ${option.value}`)
  return value
}
