import type { z } from 'zod'
import { knownKeys } from './json-schema.ts'
import { formatPath, type Path, type Problem } from './problem.ts'
import { checkReferences } from './references.ts'
import { type Config, configSchema } from './schema/config.ts'
import { type Loose, soundPart, withoutConsequences } from './sound-part.ts'
import { hintFor, oneOf } from './suggest.ts'

export type CheckResult =
  | { isGood: true; config: Config }
  /** `sound` is what can still be held against other things. */
  | { isGood: false; problems: Problem[]; sound: Loose<Config> }

/** Holds a value against the schema, and its references against what they refer to. */
export function checkConfig(value: unknown): CheckResult {
  const result = configSchema.safeParse(value, { reportInput: true })
  if (result.success) {
    const { data: config } = result
    const problems = checkReferences(config)
    return problems.length === 0
      ? { isGood: true, config }
      : { isGood: false, problems, sound: config }
  }
  const problems = result.error.issues.flatMap((issue) => problemsOf(issue, value, []))
  // Whatever the schema complains of is null in it, and so are values that it does not know.
  const sound = soundPart(value, problems) as Loose<Config>
  const more = sound === null ? [] : withoutConsequences(checkReferences(sound), problems)
  return { isGood: false, problems: [...problems, ...more], sound }
}

type Issue = z.core.$ZodIssue

/** `base` is where the issue's own path begins. */
function problemsOf(issue: Issue, root: unknown, base: Path): Problem[] {
  const path = [...base, ...issue.path] as (string | number)[]
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: [...path, key],
      message: `unknown key ${JSON.stringify(key)}${hintFor(key, knownKeys(path))}`,
      isAboutKey: true,
    }))
  }
  if (issue.code === 'invalid_key') {
    const [first] = issue.issues
    const message = `${first === undefined ? 'expected a name' : textOf(first)}, found ${show(path.at(-1))}`
    return [{ path, message, isAboutKey: true }]
  }
  if (issue.code === 'invalid_union') {
    const branch = closestBranch(issue.errors)
    if (branch !== undefined) return branch.flatMap((inner) => problemsOf(inner, root, path))
  }
  return [
    { path, message: `${textOf(issue)}, ${foundAt(root, path)}${choiceHint(issue, root, path)}` },
  ]
}

/** Of the forms that a value may have, the one that it has, so that what is wrong lies within. */
function closestBranch(branches: readonly (readonly Issue[])[]): readonly Issue[] | undefined {
  return branches.find((issues) => !issues.some(isWrongType))
}

function isWrongType({ code, path }: Issue): boolean {
  return code === 'invalid_type' && path.length === 0
}

/** What was expected, in words. */
function textOf(issue: Issue): string {
  if (issue.message.startsWith('expected ')) return issue.message
  switch (issue.code) {
    case 'invalid_type':
      return `expected ${TYPES[issue.expected] ?? issue.expected}`
    case 'invalid_value':
      return `expected ${oneOf(issue.values.map(String))}`
    case 'too_small':
      return `expected at least ${issue.minimum}${issue.origin === 'array' ? ' of them' : ''}`
    case 'too_big':
      return `expected at most ${issue.maximum}${issue.origin === 'array' ? ' of them' : ''}`
    default:
      return `expected something else (${issue.message})`
  }
}

const TYPES: Readonly<Record<string, string>> = {
  object: 'a section with keys',
  record: 'a section with keys',
  array: 'a list',
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
}

function choiceHint(issue: Issue, root: unknown, path: Path): string {
  if (issue.code !== 'invalid_value') return ''
  return hintFor(String(valueAt(root, path)), issue.values.map(String))
}

function foundAt(root: unknown, path: Path): string {
  const value = valueAt(root, path)
  if (path.length === 0 && value === null) return 'found an empty file: begin with listeners'
  if (value !== undefined) return `found ${show(value)}`
  const parent = formatPath(path.slice(0, -1))
  return `found nothing: add ${path.at(-1)} to ${parent === '' ? 'the file' : parent}`
}

function valueAt(root: unknown, path: Path): unknown {
  let at: unknown = root
  for (const part of path) {
    if (at === null || typeof at !== 'object') return undefined
    at = (at as Record<string | number, unknown>)[part]
  }
  return at
}

const SHOWN_LENGTH = 40

/** A value in few words. */
function show(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? 'an empty list' : 'a list'
  if (value !== null && typeof value === 'object') {
    return Object.keys(value).length === 0 ? 'an empty section' : 'a section'
  }
  if (typeof value === 'function') return 'a function'
  const text = typeof value === 'bigint' ? String(value) : (JSON.stringify(value) ?? String(value))
  return text.length > SHOWN_LENGTH ? `${text.slice(0, SHOWN_LENGTH)}…` : text
}
